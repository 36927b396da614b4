from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.local.aws.conftest import archive, invocation_uri

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument

ANSWER = 'handler = lambda event, context: {{"statusCode": 200, "body": "{}"}}'
CALLS = 60  # with half of the invocations each, all go to one version only once in 10^18 times


@pytest.fixture
def alias(aws: LocalAws) -> dict[str, Any]:
    """The alias of a function with two versions; the first one is live."""
    name, functions = f"weighted-{uuid.uuid4().hex}", aws.client("lambda")
    aws.create_function(name, ANSWER.format("first"), open_to_apis=False)
    first = functions.publish_version(FunctionName=name)["Version"]
    functions.update_function_code(FunctionName=name, ZipFile=archive(ANSWER.format("second")))
    functions.publish_version(FunctionName=name)
    made = functions.create_alias(FunctionName=name, Name="live", FunctionVersion=first)
    functions.add_permission(
        FunctionName=name,
        Qualifier="live",
        StatementId="apis",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    return dict(made)


def share(aws: LocalAws, alias: dict[str, Any], weights: dict[str, float]) -> None:
    name = alias["AliasArn"].split(":")[-2]
    routing = {"AdditionalVersionWeights": weights}
    aws.client("lambda").update_alias(FunctionName=name, Name="live", RoutingConfig=routing)


@pytest.fixture
def ways(aws: LocalAws, alias: dict[str, Any], deploy: Deploy, document: MakeDocument) -> dict[str, Callable[[], str]]:
    """Return the two ways to invoke the alias; each returns the answer's body."""
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": invocation_uri(alias["AliasArn"])}
    api_id = deploy(document(paths={"/version": {"get": {"x-amazon-apigateway-integration": integration}}}))

    def directly() -> str:
        answer = aws.client("lambda").invoke(FunctionName=alias["AliasArn"], Payload=b"{}")
        return str(json.loads(answer["Payload"].read())["body"])

    return {"directly": directly, "through an API": lambda: aws.call_api(api_id, "/version").text}


@pytest.mark.parametrize("way", ["directly", "through an API"])
def test_an_invocation_of_an_alias_runs_either_version_by_its_weight(
    aws: LocalAws, alias: dict[str, Any], ways: dict[str, Callable[[], str]], way: str
) -> None:
    assert {ways[way]() for _ in range(5)} == {"first"}
    share(aws, alias, {"2": 0.5})
    assert {ways[way]() for _ in range(CALLS)} == {"first", "second"}
    share(aws, alias, {})
    assert {ways[way]() for _ in range(5)} == {"first"}


def test_the_description_of_an_alias_is_that_of_its_own_version(aws: LocalAws, alias: dict[str, Any]) -> None:
    share(aws, alias, {"2": 1.0})
    name = alias["AliasArn"].split(":")[-2]
    described = aws.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
    assert described["Version"] == "1"
