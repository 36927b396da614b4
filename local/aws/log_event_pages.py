"""CloudWatch Logs FilterLogEvents: pages, if a log group has more events than one answer can hold.

ministack returns the first 10,000 events and no `nextToken`. Each invocation writes four, so a reader would miss the
newest events after 2,500 invocations.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from local.aws.private_names import Reply, wrap

_LIMIT = 10_000
_OK = 200


def filter_log_events(original: Callable[..., Reply], data: dict[str, Any]) -> Reply:
    """Answer a page of the events, with a `nextToken` unless it is the last.

    A token is a time (Unix, milliseconds) and the number of events of that time on earlier pages.
    """
    begun, held = data.get("startTime"), 0
    if token := data.get("nextToken"):
        try:
            begun, held = map(int, token.split("-"))
        except ValueError:
            refusal: Reply = error_response_json("InvalidParameterException", "The specified nextToken is invalid", 400)
            return refusal
    status, headers, body = original({**data, "startTime": begun, "limit": _LIMIT})
    if status != _OK:
        return status, headers, body
    answer = json.loads(body)
    events = answer["events"][held : held + data.get("limit", _LIMIT)]
    if events and (held + len(events) < len(answer["events"]) or len(answer["events"]) == _LIMIT):
        last = events[-1]["timestamp"]
        of_that_time = sum(event["timestamp"] == last for event in events)
        answer["nextToken"] = f"{last}-{of_that_time + (held if last == begun else 0)}"
    reply: Reply = json_response({**answer, "events": events})
    return reply


def install() -> None:
    """Replace ministack's FilterLogEvents."""
    wrap(cloudwatch_logs, "_filter_log_events", filter_log_events)
