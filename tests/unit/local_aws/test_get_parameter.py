from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_aws.conftest import LocalAws

READER = """
import boto3

def handler(event, context):
    return boto3.client("ssm").get_parameter(Name=event["name"], WithDecryption=True)["Parameter"]["Value"]
"""


def test_a_role_that_names_a_parameter_may_read_it_by_name_and_by_arn_and_no_other(aws: LocalAws) -> None:
    name = f"reader-{uuid.uuid4().hex}"
    allowed, other = f"/{name}/secret", f"/{name}/other"
    for parameter in (allowed, other):
        aws.client("ssm").put_parameter(Name=parameter, Value="open sesame", Type="SecureString")
    arns = {parameter: f"arn:aws:ssm:us-east-1:000000000000:parameter{parameter}" for parameter in (allowed, other)}
    aws.create_function(name, READER)
    statement = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": arns[allowed]}
    aws.client("iam").put_role_policy(
        RoleName=aws.role_arn.rsplit("/", 1)[-1],
        PolicyName=name,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )

    def read(parameter: str) -> str:
        answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"name": parameter}))
        return str(json.loads(answer["Payload"].read()))

    assert read(allowed) == read(arns[allowed]) == "open sesame"
    assert "AccessDeniedException" in read(other)
    assert "AccessDeniedException" in read(arns[other])
