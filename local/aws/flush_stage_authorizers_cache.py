"""API Gateway FlushStageAuthorizersCache: the next request with a token invokes the authorizer again.

ministack caches an authorizer's answers as AWS does, by token and for `authorizerResultTtlInSeconds`. It answers this
call with "Unknown API Gateway v1 path", so a revoked token would stay valid until its cache entry expires.
"""

from collections.abc import Awaitable, Callable, Mapping

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap

_ACCEPTED = 202
_API, _STAGE = 2, 4  # positions in a cache key: (account, region, API, authorizer, stage, token)


async def handle_request(
    original: Callable[..., Awaitable[Reply]], method: str, path: str, headers: Mapping[str, str], *rest: object
) -> Reply:
    """Answer `DELETE /restapis/<id>/stages/<stage>/cache/authorizers`; leave every other call to ministack."""
    match (method, *path.strip("/").split("/")):
        case ("DELETE", "restapis", api_id, "stages", stage_name, "cache", "authorizers"):
            return _flush(api_id, stage_name)
        case _:
            return await original(method, path, headers, *rest)


def _flush(api_id: str, stage_name: str) -> Reply:
    if stage_name not in v1._stages_v1.get(api_id, {}):
        reply: Reply = v1._v1_error("NotFoundException", "Invalid stage identifier specified", 404)
        return reply
    for key in [key for key in v1._authorizer_cache if (key[_API], key[_STAGE]) == (api_id, stage_name)]:
        v1._authorizer_cache.pop(key, None)
    return _ACCEPTED, {}, b""


def install() -> None:
    """Handle the call before ministack's API Gateway does."""
    require(v1, "_authorizer_cache", "_stages_v1", "_v1_error")
    wrap(v1, "handle_request", handle_request)
