"""API Gateway: the function's event has the id of the request, `requestContext.requestId`.

On AWS the event, the access log and the answer have the same id (Developer Guide, "Input format of a Lambda function
for proxy integration"). ministack gives the event a different one, so an error of a function would name a request that
no access log has.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import wrap

_request: ContextVar[str | None] = ContextVar("_request", default=None)
"""While API Gateway answers a request: its id."""


async def execute(original: Callable[..., Awaitable[Any]], request: dict[str, Any], *rest: object) -> object:
    """Route one request, and keep its id."""
    token = _request.set(request["request_id"])
    try:
        return await original(request, *rest)
    finally:
        _request.reset(token)


async def call_lambda(
    original: Callable[..., Awaitable[object]], function_ref: str, event: dict[str, Any], **scope: object
) -> object:
    """Invoke the function of an integration, with the request's id in its event."""
    if request_id := _request.get():
        event = {**event, "requestContext": {**event.get("requestContext", {}), "requestId": request_id}}
    return await original(function_ref, event, **scope)


def install() -> None:
    """Wrap ministack's routing of a request and its call of an integration's function."""
    wrap(v1, "_execute_in_scope", execute)
    wrap(v1, "_call_lambda_raw", call_lambda)
