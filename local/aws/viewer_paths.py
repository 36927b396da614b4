"""CloudFront viewers: every path of a distribution's host belongs to the distribution.

ministack answers its own paths (`/health`, `/_ministack/*`, `/v2/*`, `/oauth2/userInfo` ...) on every host. A page of
the site at such a path would be hidden, and any page could request `/_ministack/reset` from its own origin.
"""

from collections.abc import Awaitable, Callable

from ministack import app

from local.aws.private_names import Reply, require, wrap

type Headers = dict[str, str]


def _is_viewer(headers: Headers) -> bool:
    return app._parse_cloudfront_dataplane_host(headers.get("host", "")) is not None


async def own_path(
    original: Callable[..., Awaitable[Reply | None]], method: str, path: str, headers: Headers, *rest: object
) -> Reply | None:
    """Answer one of ministack's own paths; return None for a viewer, whose request goes on to the distribution."""
    return None if _is_viewer(headers) else await original(method, path, headers, *rest)


async def data_plane(
    original: Callable[..., Awaitable[Reply | None]],
    method: str,
    path: str,
    headers: Headers,
    body: bytes,
    query: dict[str, list[str]],
    request_id: str,
    *,
    raw_path: str | None,
    raw_query_string: str,
    client_ip: str,
) -> Reply | None:
    """Answer a viewer from the distribution, before ministack recognises a service by its path."""
    if not _is_viewer(headers):
        return await original(
            method,
            path,
            headers,
            body,
            query,
            request_id,
            raw_path=raw_path,
            raw_query_string=raw_query_string,
            client_ip=client_ip,
        )
    reply: Reply | None = await app._handle_cloudfront_dataplane_request(
        headers["host"], path, raw_path or path, raw_query_string, method, headers, body, query, client_ip
    )
    return reply


def install() -> None:
    """Recognise a viewer's request before ministack routes it."""
    require(app, "_parse_cloudfront_dataplane_host", "_handle_cloudfront_dataplane_request")
    wrap(app, "_handle_pre_body_request", own_path)
    wrap(app, "_handle_post_body_shortcuts", own_path)
    wrap(app, "_handle_special_data_plane_request", data_plane)
