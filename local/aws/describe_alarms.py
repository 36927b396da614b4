"""CloudWatch DescribeAlarms: the whole alarm, also in the query protocol's XML, which Terraform's provider reads.

ministack keeps every member of an alarm and returns all of them in a JSON answer. Its XML has only nine of them, so
Terraform would plan to set the others again and again.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from local.aws.private_names import Reply, require, wrap

_LISTS = ("AlarmNames", "AlarmTypes")
_SINGLE = ("AlarmNamePrefix", "StateValue", "MaxRecords", "NextToken")
_ENTRIES = 100  # the most entries of a list in a request


def describe_alarms(
    original: Callable[..., Reply],
    params: Mapping[str, Any],
    data: Mapping[str, Any],
    is_cbor: bool,  # noqa: FBT001 - ministack's signature
    is_json: bool = False,  # noqa: FBT001, FBT002
) -> Reply:
    """Return ministack's answer; for a request of the query protocol, with all members in XML."""
    if is_cbor or is_json:
        return original(params, data, is_cbor, is_json)
    status, _, body = original(params, _asked(params), False, True)  # noqa: FBT003
    if status != 200:
        return original(params, data, is_cbor, is_json)
    found = json.loads(body)
    for alarm in found["MetricAlarms"]:
        if alarm.get("ExtendedStatistic"):
            del alarm["Statistic"]  # an alarm has either this or ExtendedStatistic
    answer: Reply = cloudwatch._xml(
        status, "DescribeAlarmsResponse", f"<DescribeAlarmsResult>{_xml(found)}</DescribeAlarmsResult>"
    )
    return answer


def _asked(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query request's parameters as a JSON request would have them."""
    lists = {
        name: [
            value for number in range(1, _ENTRIES + 1) if (value := cloudwatch._p(params, f"{name}.member.{number}"))
        ]
        for name in _LISTS
    }
    single = {name: cloudwatch._p(params, name) for name in _SINGLE}
    return {name: value for name, value in (lists | single).items() if value}


def _xml(value: object, name: str = "") -> str:
    if isinstance(value, Mapping):
        return "".join(f"<{key}>{_xml(member, key)}</{key}>" for key, member in value.items() if member is not None)
    if isinstance(value, list):
        return "".join(f"<member>{_xml(member)}</member>" for member in value)
    if isinstance(value, bool):
        return str(value).lower()
    if name.endswith("Timestamp") and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return escape(str(value))


def install() -> None:
    """Complete the answer in XML."""
    require(cloudwatch, "_p", "_xml")
    wrap(cloudwatch, "_describe_alarms", describe_alarms)
