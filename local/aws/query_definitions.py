"""CloudWatch Logs: saved queries, PutQueryDefinition, DescribeQueryDefinitions and DeleteQueryDefinition.

ministack answers these three calls with "Unknown action". This addition keeps the definitions among ministack's
queries, by account and region, which ministack saves and restores; its own queries have no `queryDefinitionId`.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import cloudwatch_logs

from local.aws.private_names import Reply, require, wrap

_ID = "queryDefinitionId"


async def handle_request(
    original: Callable[..., Awaitable[Reply]],
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *rest: object,
) -> Reply:
    """Answer the three calls; leave all others to ministack."""
    answer = _ANSWERS.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if answer is None:
        return await original(method, path, headers, body, *rest)
    return answer(json.loads(body))


def _put(request: Mapping[str, Any]) -> Reply:
    key = request.get(_ID) or new_uuid()
    if request.get(_ID) and key not in cloudwatch_logs._queries:
        return _not_found()
    members = {name: request[name] for name in ("name", "queryString", "logGroupNames") if name in request}
    cloudwatch_logs._queries[key] = {**members, _ID: key, "lastModified": int(time.time() * 1_000)}
    reply: Reply = json_response({_ID: key})
    return reply


def _describe(request: Mapping[str, Any]) -> Reply:
    prefix = request.get("queryDefinitionNamePrefix", "")
    found = [query for query in cloudwatch_logs._queries.values() if query.get(_ID)]
    reply: Reply = json_response({"queryDefinitions": [query for query in found if query["name"].startswith(prefix)]})
    return reply


def _delete(request: Mapping[str, Any]) -> Reply:
    if cloudwatch_logs._queries.pop(request[_ID], None) is None:
        return _not_found()
    reply: Reply = json_response({"success": True})
    return reply


def _not_found() -> Reply:
    reply: Reply = error_response_json("ResourceNotFoundException", "There is no such query definition.", 400)
    return reply


_ANSWERS = {
    "PutQueryDefinition": _put,
    "DescribeQueryDefinitions": _describe,
    "DeleteQueryDefinition": _delete,
}


def install() -> None:
    """Handle the calls before ministack's CloudWatch Logs does."""
    require(cloudwatch_logs, "_queries")
    wrap(cloudwatch_logs, "handle_request", handle_request)
