from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws

EACH = 6_000  # events with the same time; two such times exceed an answer


def test_a_log_group_is_read_to_its_newest_event_page_by_page(aws: LocalAws) -> None:
    logs, group = aws.client("logs"), f"/pages/{uuid.uuid4().hex}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    for time in (1_700_000_000_000, 1_700_000_000_001):
        written = [{"timestamp": time, "message": f"{time}-{number}"} for number in range(EACH)]
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=written)

    for size in (10_000, 7_000):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, limit=size)
        read = [[event["message"] for event in page["events"]] for page in pages]
        assert [len(page) for page in read] == [size, 2 * EACH - size]
        assert len({message for page in read for message in page}) == 2 * EACH

    [page] = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=1_700_000_000_001)
    assert len(page["events"]) == EACH
    with pytest.raises(logs.exceptions.InvalidParameterException):
        logs.filter_log_events(logGroupName=group, nextToken="none of ours")
