from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument

ANSWERS = 'handler = lambda event, context: {"statusCode": 200, "body": "here"}'
ALLOWS = """
def handler(event, context):
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    return {"policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
WELCOME = {"authorization": "Bearer welcome"}


def uri(function_arn: str) -> str:
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn}/invocations"


def permit(aws: LocalAws, function_arn: str, source_arn: str) -> None:
    aws.client("lambda").add_permission(
        FunctionName=function_arn.rsplit(":", 1)[-1],
        StatementId=uuid.uuid4().hex,
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source_arn,
    )


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (None, 500),
        ("{api}/live/*/*", 200),
        ("{api}/live/GET/things/*", 200),
        ("{api}/live/POST/things/*", 500),
        ("{api}/other/*/*", 500),
        ("another/live/*/*", 500),
    ],
)
def test_an_api_invokes_its_function_only_as_the_functions_policy_allows(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, source: str | None, status: int
) -> None:
    function_arn = aws.create_function(f"answers-{uuid.uuid4().hex}", ANSWERS, open_to_apis=False)
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri(function_arn)}
    api_id = deploy(document(paths={"/things/{id}": {"get": {"x-amazon-apigateway-integration": integration}}}))
    if source:
        permit(aws, function_arn, "arn:aws:execute-api:us-east-1:000000000000:" + source.format(api=api_id))

    assert aws.call_api(api_id, "/things/1").status_code == status


@pytest.mark.parametrize(("allowed", "status"), [(True, 200), (False, 500)])
def test_an_authorizer_is_invoked_as_the_role_named_for_it_allows(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, allowed: bool, status: int
) -> None:
    name = f"allows-{uuid.uuid4().hex}"
    function_arn = aws.create_function(name, ALLOWS, open_to_apis=False)
    iam = aws.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))["Role"]
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function_arn if allowed else "*x"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="invoke", PolicyDocument=policy)
    described = document()
    authorizer = described["components"]["securitySchemes"]["auth0"]["x-amazon-apigateway-authorizer"]
    authorizer |= {"authorizerUri": uri(function_arn), "authorizerCredentials": role["Arn"]}

    assert aws.call_api(deploy(described), "/movies", headers=WELCOME).status_code == status


def test_an_authorizer_that_nobody_allowed_is_a_server_error(
    aws: LocalAws, deploy: Deploy, document: MakeDocument
) -> None:
    function_arn = aws.create_function(f"allows-{uuid.uuid4().hex}", ALLOWS, open_to_apis=False)
    described = document()
    authorizer = described["components"]["securitySchemes"]["auth0"]["x-amazon-apigateway-authorizer"]
    authorizer["authorizerUri"] = uri(function_arn)
    api_id = deploy(described)

    assert aws.call_api(api_id, "/movies", headers=WELCOME).status_code == 500

    permit(aws, function_arn, f"arn:aws:execute-api:us-east-1:000000000000:{api_id}/authorizers/*")
    assert aws.call_api(api_id, "/movies", headers=WELCOME).status_code == 200


@pytest.mark.parametrize(
    "ends",
    ["import time; time.sleep(60)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
    ids=["out of time", "out of memory"],  # Lambda's kernel kills a process that needs too much memory
)
def test_an_authorizer_that_runs_out_of_time_or_memory_lets_nobody_in(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, ends: str
) -> None:
    name = f"allows-{uuid.uuid4().hex}"
    function_arn = aws.create_function(
        name, ALLOWS.replace("handler(event, context):", f"handler(event, context):\n    {ends}")
    )
    aws.client("lambda").update_function_configuration(FunctionName=name, Timeout=1)
    described = document()
    authorizer = described["components"]["securitySchemes"]["auth0"]["x-amazon-apigateway-authorizer"]
    authorizer |= {"authorizerUri": uri(function_arn)}

    answer = aws.call_api(deploy(described), "/movies", headers=WELCOME)

    assert answer.status_code == 500
    assert "here" not in answer.text
