"""Reads an environment's logs: API Gateway's access logs, the authorizer's decisions, the functions' lines.

All are JSON, one object a line, in CloudWatch Logs. None holds a token, a `sub` or an e-mail address.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from scripts.console import clock
from scripts.deployed import Deployed
from scripts.errors import UserError

NONE = "-"
"""API Gateway's word for a value that a request lacks."""


@dataclass(frozen=True)
class Line:
    """One event of a log: its time (Unix, seconds), its text, and its members if the text is JSON."""

    when: float
    text: str
    members: Mapping[str, Any]

    def get(self, name: str) -> str | None:
        """Return a member as text; None if the line lacks it, or API Gateway had no value."""
        value = self.members.get(name)
        return None if value is None or value == NONE else str(value)


class Logs:
    """The log groups of one environment."""

    def __init__(self, target: Deployed) -> None:
        """Take the environment."""
        self._target = target
        self._client = target.client("logs")

    def accesses(self, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the lines of the APIs' access logs, one log group after another; see `_lines` for the pattern."""
        for api in sorted(self._target.api_ids()):
            yield from self._lines(f"/aws/apigateway/{self._target.name}-{api}", begun, pattern)

    def decisions(self, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the authorizer's lines."""
        return self._lines(f"/aws/lambda/{self._target.authorizer}", begun, pattern)

    def of_function(self, api: str, begun: datetime, pattern: str = "") -> Iterator[Line]:
        """Yield the lines of an API's function, with those that Lambda itself writes."""
        return self._lines(f"/aws/lambda/{self._target.name}-{api}", begun, pattern)

    def _lines(self, group: str, begun: datetime, pattern: str) -> Iterator[Line]:
        """Yield a group's lines since a time that match a filter pattern of CloudWatch Logs.

        An emulator may ignore the pattern, so the callers check each line themselves.
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
            raise UserError(f"the log {group} does not exist; apply {self._target.name} first.") from error


def shown(when: float) -> str:
    """Return a Unix time by the local clock."""
    return clock(datetime.fromtimestamp(when, UTC))


def _members(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
