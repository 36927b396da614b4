from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite

READER = """
import boto3

def handler(event, context):
    return boto3.client("dynamodb").scan(TableName="guarded-table")["Count"]
"""


def test_a_function_may_do_what_its_role_allows_and_no_more(aws: LocalAws) -> None:
    aws.client("dynamodb").create_table(
        TableName="guarded-table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.create_function("reader", READER)

    assert "not authorized to perform: dynamodb:Scan" in str(invoke(aws))

    aws.client("iam").put_role_policy(
        RoleName=aws.role_arn.rsplit("/", 1)[-1],
        PolicyName="scan",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*"}],
            }
        ),
    )
    assert invoke(aws) == 0


def test_a_bucket_is_not_read_without_credentials(aws: LocalAws, make_site: MakeSite) -> None:
    assert aws.request("GET", "127.0.0.1", f"/{make_site().bucket}/index.html").status_code == 403


def invoke(aws: LocalAws) -> Any:
    return json.loads(aws.client("lambda").invoke(FunctionName="reader")["Payload"].read())
