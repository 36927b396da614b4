"""Which alarms are off now: by CloudWatch's word or, where nobody has declared alarms, by the lines in the logs."""

from collections.abc import Iterator
from datetime import datetime

from scripts.deployed import Deployed
from scripts.operate.canary import cloudwatch
from scripts.operate.logs import Line, Logs


def alarming(target: Deployed, begun: datetime) -> list[str]:
    """Return the names of the alarms that are off.

    An environment of the cloud has its alarms, with its own figures, in CloudWatch. The local system has none, because
    an emulator has no metrics: there the lines since `begun` count, by the same statistics, periods and figures. The
    alarms on CloudFront's metrics, in us-east-1, are not read: what fails behind it, fails in an API too.
    """
    pages = target.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{target.name}-")
    declared = [alarm for page in pages for alarm in page["MetricAlarms"]]
    if declared:
        return sorted(alarm["AlarmName"] for alarm in declared if alarm["StateValue"] == "ALARM")
    return sorted(_by_lines(target, begun))


def invocations(target: Deployed, function: str, version: str, begun: datetime) -> int:
    """Return how often a version was invoked since `begun`, by the line that Lambda writes for each invocation."""
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
    """Return whether API Gateway knew all that the metrics are made of."""
    return None not in {line.get(name) for name in ("api", "time", "status", "response_ms")}
