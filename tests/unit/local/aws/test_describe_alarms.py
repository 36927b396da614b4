from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import httpx

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws

SPACE = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"


def test_the_xml_of_an_alarm_has_all_that_was_declared(aws: LocalAws) -> None:
    """Terraform's provider uses the query protocol; boto3 uses another one."""
    name = f"alarm-{uuid.uuid4().hex}"
    alarm = {
        "AlarmName": name,
        "AlarmDescription": "More than <usual> & for long.",
        "Namespace": "Gatehouse",
        "MetricName": "decisions",
        "Dimensions": [{"Name": "function", "Value": "authorizer"}, {"Name": "reason", "Value": "expired"}],
        "ExtendedStatistic": "p99",
        "Period": 300,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 20.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:us-east-1:000000000000:alarms"],
        "OKActions": ["arn:aws:sns:us-east-1:000000000000:alarms"],
    }
    aws.client("cloudwatch").put_metric_alarm(**alarm)
    form = {"Action": "DescribeAlarms", "Version": "2010-08-01", "AlarmNames.member.1": name}
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/monitoring/aws4_request"}
    answer = httpx.post(aws.url, data=form, headers=signed, timeout=60)
    tree = ElementTree.fromstring(answer.text)  # noqa: S314 - our own emulator wrote it
    [found] = tree.iter(f"{SPACE}MetricAlarms")
    [member] = found
    told = {child.tag.removeprefix(SPACE): child for child in member}
    assert told["ActionsEnabled"].text == "true"
    assert "Statistic" not in told
    for key, value in alarm.items():
        if key == "Dimensions":
            pairs = [[part.text for part in dimension] for dimension in told[key]]
            assert pairs == [["function", "authorizer"], ["reason", "expired"]]
        elif isinstance(value, list):
            assert [entry.text for entry in told[key]] == value
        else:
            assert told[key].text == str(value), key
