"""CloudFront custom origins at `<api id>.execute-api.<region>.amazonaws.com`, served in-process.

ministack never connects to an amazonaws.com name; it answers 502. With this addition, one local distribution serves
site and APIs, from the same Terraform as on AWS.
"""

import asyncio
import http.client
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from ministack import app
from ministack.services import cloudfront

from local.aws.private_names import OriginReply, require, wrap

_EXECUTE_API_HOST = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")
_FORBIDDEN = (
    403,
    "Forbidden",
    {"content-type": "application/json", "x-amzn-errortype": "ForbiddenException"},
    b'{"message":"Forbidden"}',
)


async def fetch_from_origin(
    original: Callable[..., Awaitable[OriginReply]],
    origin: dict[str, Any],
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    viewer_is_https: bool,  # noqa: FBT001 - ministack's signature
    client_ip: str,
    forwarded_for: str,
    distribution_arn: str,
) -> OriginReply:
    """Answer from the API if the origin is one; otherwise let ministack fetch.

    Raises ministack's OriginUnreachable (a 502 to the viewer) for plain HTTP, which execute-api does not answer, and
    its OriginTimeout (504) after the origin's read timeout. A policy that forwards the viewer's Host gets API
    Gateway's 403, as on AWS, where no API answers under that name.
    """
    host = cloudfront._normalize_origin_host(origin["domain_name"])
    api = _EXECUTE_API_HOST.fullmatch(host)
    if api is None:
        return await original(
            origin, method, uri, query, headers, body, viewer_is_https, client_ip, forwarded_for, distribution_arn
        )
    _, _, over_https = cloudfront._origin_connect_target(origin, viewer_is_https)
    if not over_https:
        raise cloudfront.OriginUnreachable(f"{host} does not answer plain HTTP")
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
    sent = {name.lower(): value for name, value in sent.items()}
    if sent["host"].split(":")[0].lower() != host:
        return _FORBIDDEN
    sent |= {"content-length": str(len(body or b"")), "x-forwarded-proto": "https", "x-forwarded-port": "443"}
    path = (origin.get("origin_path") or "") + uri
    call = app._handle_execute_api_request(
        f"{api[1]}.execute-api.{app._MINISTACK_HOST}",
        unquote(path),
        method,
        sent,
        body or b"",
        parse_qs(query, keep_blank_values=True),
        raw_path=path,
        raw_query_string=query,
    )
    try:
        status, answered, data = await asyncio.wait_for(call, origin.get("read_timeout", 30))
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(host) from error
    return status, http.client.responses.get(status, ""), _lower_case(answered), _as_bytes(data)


def _lower_case(headers: dict[str, Any]) -> dict[str, Any]:
    pairs = [(k, v) for k, values in headers.items() for v in (values if isinstance(values, list) else [values])]
    merged: dict[str, Any] = cloudfront._multidict_from_pairs(pairs)
    return merged


def _as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def install() -> None:
    """Replace ministack's function that fetches from a distribution's origin."""
    require(app, "_MINISTACK_HOST", "_handle_execute_api_request")
    require(
        cloudfront,
        "OriginTimeout",
        "OriginUnreachable",
        "_multidict_from_pairs",
        "_normalize_origin_host",
        "_origin_connect_target",
        "_origin_request_headers",
    )
    wrap(cloudfront, "_fetch_from_origin", fetch_from_origin)
