"""Reads an environment's logs: API Gateway's access logs, the authorizer's decisions, the functions' lines.

All are JSON, one object a line, in CloudWatch Logs; none holds a token, a `sub` or an e-mail address.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from scripts.deployed import Deployed
from scripts.errors import UserError

NONE = "-"
"""API Gateway's word for a value that a request does not have."""

_SPAN = re.compile(r"(?P<count>[1-9][0-9]{0,4})(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")


@dataclass(frozen=True)
class Line:
    """One event of a log: when it was written (Unix, seconds), its text, and its members where the text is JSON."""

    when: float
    text: str
    members: Mapping[str, Any]

    def get(self, name: str) -> str | None:
        """Return a member as text; None where the line has none, or API Gateway had no value."""
        value = self.members.get(name)
        return None if value is None or value == NONE else str(value)


def since(text: str, now: datetime) -> datetime:
    """Read SINCE: a span (`15m`, `2h`, `1d`), a time of today (`10:00`), or a date and time in ISO 8601.

    `now` has the time zone that a time without one is in.

    Raises:
        UserError: it is none of these, or lies in the future.
    """
    wrong = UserError(f"SINCE={text} is no time in the past; write 15m, 2h, 1d, 10:00 or 2026-11-29T10:00.")
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_UNITS[span["unit"]]: int(span["count"])})
    try:
        if _CLOCK.fullmatch(text):
            hour, minute = map(int, text.split(":"))
            begun = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        else:
            begun = datetime.fromisoformat(text)
            begun = begun if begun.tzinfo else begun.replace(tzinfo=now.tzinfo)
    except ValueError:
        raise wrong from None
    if begun > now:
        raise wrong
    return begun


class Logs:
    """The log groups of one environment."""

    def __init__(self, target: Deployed) -> None:
        """Take the environment."""
        self._target = target
        self._client = target.client("logs")

    def accesses(self, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the lines of every API's access log, the latest group's last; see `_events` for the pattern."""
        for api in sorted(self._target.api_ids()):
            yield from self._lines(f"/aws/apigateway/{self._target.name}-{api}", begun, pattern)

    def decisions(self, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the authorizer's lines."""
        return self._lines(f"/aws/lambda/{self._target.authorizer}", begun, pattern)

    def of_function(self, api: str, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the lines of an API's function, Lambda's own among them."""
        return self._lines(f"/aws/lambda/{self._target.name}-{api}", begun, pattern)

    def _lines(self, group: str, begun: datetime, pattern: str) -> Iterator[Line]:
        """Yield a group's lines from a time on, those that match a filter pattern of CloudWatch Logs.

        An emulator may not filter, so the callers look at each line themselves.
        """
        options = {"filterPattern": pattern} if pattern else {}
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=int(begun.timestamp() * 1_000), **options
        )
        try:
            for page in pages:
                for event in page["events"]:
                    yield Line(event["timestamp"] / 1_000, event["message"].rstrip(), _members(event["message"]))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
            raise UserError(f"there is no log {group}; was {self._target.name} ever applied?") from error


def shown(when: float) -> str:
    """Return a Unix time by the local clock."""
    return datetime.fromtimestamp(when).astimezone().strftime("%d %b %H:%M:%S")


def _members(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
