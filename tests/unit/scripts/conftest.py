"""An emulated AWS with an authorizer and two APIs that use it, as module stack makes them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from scripts.deployed import LIVE, Deployed
from tests.unit.local.aws.conftest import REGION, LocalAws, archive, free_port, invocation_uri

# Refuses a token whose id is in its list; here a token is its own id.
AUTHORIZER = """
import json, os
revoked = json.loads(os.environ.get("REVOCATIONS") or "{}")

def handler(event, context):
    if "jti:" + event["authorizationToken"].removeprefix("Bearer ") in revoked:
        raise Exception("Unauthorized")
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}
    return {"principalId": "someone", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
"""
ANSWER = 'def handler(event, context): return {"statusCode": 200, "body": "{}"}'
KEY = "the key of the subjects' hash"


@dataclass
class Place:
    """A deployed authorizer, the emulator that holds it, and its APIs by name."""

    aws: LocalAws
    deployed: Deployed
    apis: dict[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The settings of the live version."""
        return self.configuration(LIVE)["Environment"]["Variables"]  # type: ignore[no-any-return]

    def configuration(self, qualifier: str = "$LATEST") -> dict[str, Any]:
        function = self.deployed.functions.get_function_configuration(
            FunctionName=self.deployed.authorizer, Qualifier=qualifier
        )
        return dict(function)

    def write(self, **variables: str) -> None:
        """Change only the newest configuration, as an interrupted run leaves it."""
        now = self.configuration()["Environment"]["Variables"]
        self.deployed.functions.update_function_configuration(
            FunctionName=self.deployed.authorizer, Environment={"Variables": now | variables}
        )

    def write_code(self, source: str) -> None:
        """Change only the newest code."""
        self.deployed.functions.update_function_code(FunctionName=self.deployed.authorizer, ZipFile=archive(source))

    def ask(self, api: str, word: str) -> int:
        answer = self.aws.call_api(self.apis[api], "/", headers={"authorization": f"Bearer {word}"})
        return answer.status_code


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    running = LocalAws(tmp_path_factory.mktemp("aws"), free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def place(aws: LocalAws) -> Place:
    """The test's own authorizer, whose invocations take at most a second."""
    account = {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": aws.url}
    account |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    deployed = Deployed(f"gatehouse-{uuid.uuid4().hex[:8]}", aws.client("lambda"), aws.client("apigateway"), account)
    arn = aws.create_function(deployed.authorizer, AUTHORIZER)
    variables = {"SUBJECT_HASH_KEY": KEY, "JWKS": '{"keys":[]}'}
    deployed.functions.update_function_configuration(
        FunctionName=deployed.authorizer, Description="Decides", Timeout=1, Environment={"Variables": variables}
    )
    version = deployed.functions.publish_version(FunctionName=deployed.authorizer)["Version"]
    deployed.functions.create_alias(FunctionName=deployed.authorizer, Name=LIVE, FunctionVersion=version)
    deployed.functions.add_permission(
        FunctionName=deployed.authorizer,
        Qualifier=LIVE,
        StatementId="alias",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    answer = aws.create_function(f"{deployed.name}-answer", ANSWER)
    apis = {name: _make_api(aws, f"{deployed.name}-{name}", f"{arn}:{LIVE}", answer) for name in ("devices", "movies")}
    return Place(aws, deployed, apis)


def _make_api(aws: LocalAws, name: str, authorizer_arn: str, answer_arn: str) -> str:
    gateway = aws.client("apigateway")
    api_id = str(gateway.create_rest_api(name=name)["id"])
    root = gateway.get_resources(restApiId=api_id)["items"][0]["id"]
    authorizer = gateway.create_authorizer(
        restApiId=api_id,
        name="auth0",
        type="TOKEN",
        authorizerUri=invocation_uri(authorizer_arn),
        identitySource="method.request.header.Authorization",
        authorizerResultTtlInSeconds=300,
    )["id"]
    gateway.put_method(
        restApiId=api_id, resourceId=root, httpMethod="GET", authorizationType="CUSTOM", authorizerId=authorizer
    )
    gateway.put_integration(
        restApiId=api_id,
        resourceId=root,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=invocation_uri(answer_arn),
    )
    gateway.create_deployment(restApiId=api_id, stageName="live")
    return api_id
