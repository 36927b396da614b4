"""API Gateway gateway responses: templates and headers get the authorizer's context; templates get the HTTP method.

On AWS a gateway response can show the refused caller values from the Lambda authorizer's context (Developer Guide, "API
Gateway mapping template and access logging variable reference"). ministack leaves the variable's name in the body.
"""

import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap

_VARIABLE = re.compile(r"\$(?:\{context\.authorizer\.(\w+)\}|context\.authorizer\.(\w+))")
_METHOD_VARIABLE = re.compile(r"\$(?:\{context\.httpMethod\}|context\.httpMethod\b)")
_HEADER_SOURCE = "context.authorizer."

# The policy document holds the context, because ministack caches the document and passes it to the evaluation.
_CONTEXT = "_context"

_authorizer: ContextVar[dict[str, str] | None] = ContextVar("_authorizer", default=None)
"""While a request is answered: the context from its authorizer, with values as strings."""


_method: ContextVar[str] = ContextVar("_method", default="")
"""While a request is answered: its HTTP method."""


def returned() -> dict[str, str]:
    """Return the authorizer's context for the current request, with `principalId`."""
    return _authorizer.get() or {}


async def invoke_authorizer(original: Callable[..., Awaitable[object]], *arguments: object) -> object:
    """Invoke the authorizer's function, and keep its context in its policy."""
    result = await original(*arguments)
    answer = result.get("body") if isinstance(result, dict) else None
    if isinstance(answer, dict) and isinstance(answer.get("policyDocument"), dict):
        context = v1._stringify_context(answer.get("context"))
        if answer.get("principalId"):
            context["principalId"] = str(answer["principalId"])
        answer["policyDocument"][_CONTEXT] = context
    return result


def evaluate_policy(original: Callable[..., str], policy: object, method_arn: str) -> str:
    """Evaluate a policy, and keep its context until the request ends."""
    if isinstance(policy, dict):
        _authorizer.set(policy.get(_CONTEXT))
    return original(policy, method_arn)


async def handle_execute(
    original: Callable[..., Awaitable[object]], api_id: str, stage_name: str, method: str, *rest: object
) -> object:
    """Answer one request, then forget its method and its authorizer's context."""
    context, asked = _authorizer.set(None), _method.set(method)
    try:
        return await original(api_id, stage_name, method, *rest)
    finally:
        _authorizer.reset(context)
        _method.reset(asked)


def gateway_error_response(original: Callable[..., Reply], error: object, request: dict[str, Any]) -> Reply:
    """Render a gateway response, and replace the variables of its template."""
    status, headers, body = original(error, request)
    text = _VARIABLE.sub(lambda found: returned().get(found[1] or found[2], ""), body.decode())
    text = _METHOD_VARIABLE.sub(_method.get(), text)
    return status, headers, text.encode()


def gateway_request_value(original: Callable[..., str | None], source: str, request: dict[str, Any]) -> str | None:
    """Return the value of a gateway response's header, None to omit it."""
    if source.startswith(_HEADER_SOURCE):
        return returned().get(source.removeprefix(_HEADER_SOURCE))
    return original(source, request)


def install() -> None:
    """Carry the context from the authorizer's answer to the rendered response."""
    require(v1, "_stringify_context")
    wrap(v1, "_invoke_authorizer_lambda", invoke_authorizer)
    wrap(v1, "_evaluate_policy", evaluate_policy)
    wrap(v1, "_handle_execute_in_scope", handle_execute)
    wrap(v1, "_gateway_error_response", gateway_error_response)
    wrap(v1, "_gateway_request_value", gateway_request_value)
