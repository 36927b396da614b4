"""Finds the alarms in state ALARM: from CloudWatch or, if it has no alarms, from the lines in the logs."""

from collections.abc import Iterator
from datetime import datetime

from scripts.deployed import Deployed
from scripts.operate.canary import cloudwatch
from scripts.operate.logs import Line, Logs


def alarming(target: Deployed, begun: datetime) -> list[str]:
    """Return the names of the alarms in state ALARM.

    A cloud environment has its alarms, with its own thresholds, in CloudWatch. The local system has none, because the
    emulator has no metrics: there this module evaluates the lines since `begun` with the same statistics, periods and
    thresholds. It leaves out the alarms on CloudFront's metrics, in us-east-1: a failure after CloudFront also shows in
    an API's alarms.
    """
    pages = target.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{target.name}-")
    declared = [alarm for page in pages for alarm in page["MetricAlarms"]]
    if declared:
        return sorted(alarm["AlarmName"] for alarm in declared if alarm["StateValue"] == "ALARM")
    return sorted(_by_lines(target, begun))


def invocations(target: Deployed, function: str, version: str, begun: datetime) -> int:
    """Return how often a version was invoked since `begun`: Lambda writes a line for each invocation."""
    lines = Logs(target).of_function(function.removeprefix(f"{target.name}-"), begun, f'"START" "Version: {version}"')
    return sum(line.text.startswith("START ") and line.text.endswith(f" Version: {version}") for line in lines)


def _by_lines(target: Deployed, begun: datetime) -> Iterator[str]:
    read = Logs(target)
    decisions = cloudwatch.embedded(line.members for line in read.decisions(begun))
    for name, alarm in cloudwatch.alarms_on("authorizer", {"function": target.authorizer}).items():
        if alarm.crossings(decisions):
            yield name
    answers = cloudwatch.gateway(line.members for line in read.accesses(begun) if _is_whole(line))
    for api in target.api_ids():
        about = {"ApiName": f"{target.name}-{api}", "Stage": cloudwatch.STAGE}
        for name, alarm in cloudwatch.alarms_on("api", about).items():
            if alarm.crossings(answers):
                yield f"{api}-{name}"


def _is_whole(line: Line) -> bool:
    """Return whether an access line has every value that the metrics need."""
    return None not in {line.get(name) for name in ("api", "time", "status", "response_ms")}
