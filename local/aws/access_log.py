"""API Gateway access logs: one line for each request, in the stage's format, in the log group that the stage names.

ministack accepts the setting and writes nothing. Without this addition, a log format that leaks a secret or lacks a
field would show only on AWS. The addition fills in the variables below; every other variable is `-`, as AWS writes a
missing value (Developer Guide, "Variables for access logging"). All lines go to one stream; AWS uses several.

Install it before gateway_response_context, so that it runs inside that: when gateway_response_context ends, it forgets
the authorizer's context.
"""

import re
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import apigateway_v1 as v1
from ministack.services import cloudwatch_logs

from local.aws import gateway_response_context
from local.aws.private_names import Reply, require, wrap, wrap_method

_VARIABLE = re.compile(r"\$context((?:\.[A-Za-z0-9_-]+)+)")
_STREAM = "access"
_ABSENT = "-"

_seen: ContextVar[dict[str, str] | None] = ContextVar("_seen", default=None)
"""While a request is answered: the variables known so far, without the prefix `$context.`."""


async def handle_execute(
    original: Callable[..., Awaitable[Reply]],
    api_id: str,
    stage_name: str,
    method: str,
    path: str,
    *rest: object,
) -> Reply:
    """Answer one request and write its line."""
    started = time.monotonic()
    seen = {
        "stage": stage_name,
        "apiId": api_id,
        "httpMethod": method,
        "path": f"/{stage_name}{path}",
        "requestTime": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
    }
    token = _seen.set(seen)
    try:
        reply = await original(api_id, stage_name, method, path, *rest)
    finally:
        _seen.reset(token)
    milliseconds = round((time.monotonic() - started) * 1_000)
    seen |= {"status": str(reply[0]), "responseLatency": str(milliseconds), "responseLength": str(len(reply[2]))}
    seen |= {f"authorizer.{name}": value for name, value in gateway_response_context.returned().items()}
    settings = v1._stages_v1.get(api_id, {}).get(stage_name, {}).get("accessLogSettings") or {}
    if "requestId" in seen:
        reply[1].setdefault("x-amzn-requestid", seen["requestId"])  # ministack sets it only on refusals
    line = _VARIABLE.sub(lambda found: seen.get(found[1][1:], _ABSENT), settings.get("format") or "")
    if line:
        _write(settings.get("destinationArn", ""), line)
    return reply


async def execute(original: Callable[..., Awaitable[Any]], request: dict[str, Any], *rest: object) -> object:
    """Route one request, and note the names of its API, stage and route."""
    try:
        return await original(request, *rest)
    finally:
        _note(requestId=request["request_id"], resourcePath=request["resource_path"] or _ABSENT)


async def invoke_authorizer(original: Callable[..., Awaitable[Any]], *arguments: object) -> object:
    """Invoke an authorizer's function, and note its duration and its result."""
    started = time.monotonic()
    result = await original(*arguments)
    latency = str(round((time.monotonic() - started) * 1_000))
    if isinstance(result, dict) and not result.get("error"):
        _note(**{"authorizer.latency": latency, "authorizer.status": "200"})
        return result
    body = result.get("body") if isinstance(result, dict) else None
    message = str(body.get("errorMessage", _ABSENT)) if isinstance(body, dict) else _ABSENT
    status = "401" if message == "Unauthorized" else "500"
    _note(**{"authorizer.latency": latency, "authorizer.status": status, "authorizer.error": message})
    return result


def invoke(
    original: Callable[..., object], _worker: object, event: object, request_id: str, **options: object
) -> object:
    """Invoke a function, and note the id of the invocation, which is also in the function's own log."""
    if isinstance(event, dict):
        part = "authorizer" if event.get("type") == "TOKEN" else "integration"
        _note(**{f"{part}.requestId": request_id})
    return original(_worker, event, request_id, **options)


def gateway_error_response(original: Callable[..., Reply], error: Any, request: dict[str, Any]) -> Reply:  # noqa: ANN401 -- ministack's own type
    """Render a gateway response, and note its type."""
    _note(**{"error.responseType": error.response_type})
    return original(error, request)


def _note(**variables: str) -> None:
    seen = _seen.get()
    if seen is not None:
        seen.update(variables)


def _write(destination_arn: str, line: str) -> None:
    group = destination_arn.partition(":log-group:")[2].removesuffix(":*")
    event = {"timestamp": round(time.time() * 1_000), "message": line}
    cloudwatch_logs._create_log_stream(
        {"logGroupName": group, "logStreamName": _STREAM}
    )  # ministack refuses to create an existing stream; that is fine
    cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": _STREAM, "logEvents": [event]})


def install() -> None:
    """Wrap ministack's handling of a REST API's request, from arrival to answer."""
    require(v1, "_stages_v1")
    require(cloudwatch_logs, "_create_log_stream", "_put_log_events")
    wrap(v1, "_handle_execute_in_scope", handle_execute)
    wrap(v1, "_execute_in_scope", execute)
    wrap(v1, "_invoke_authorizer_lambda", invoke_authorizer)
    wrap(v1, "_gateway_error_response", gateway_error_response)
    wrap_method(lambda_runtime.Worker, "invoke", invoke)
