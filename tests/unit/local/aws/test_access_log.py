from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument

FORMAT = json.dumps(
    {
        "id": "$context.requestId",
        "call": "$context.httpMethod $context.resourcePath",
        "status": "$context.status",
        "refusal": "$context.error.responseType",
        "principal": "$context.authorizer.principalId",
        "scope": "$context.authorizer.needed_scope",
        "authorizer": "$context.authorizer.status $context.authorizer.error",
        "latency": "$context.authorizer.latency",
        "invocations": "$context.authorizer.requestId $context.integration.requestId",
        "unknown": "$context.identity.caller",
    }
)

type Ask = Callable[..., dict[str, Any]]
"""Requests a path with a word instead of the token, and returns the line in the access log."""


@pytest.fixture
def ask(aws: LocalAws, deploy: Deploy, document: MakeDocument) -> Ask:
    api_id, group = deploy(document()), f"/access/{uuid.uuid4().hex}"
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:us-east-1:000000000000:log-group:{group}"
    settings = {"/accessLogSettings/destinationArn": arn, "/accessLogSettings/format": FORMAT}
    aws.client("apigateway").update_stage(
        restApiId=api_id,
        stageName="live",
        patchOperations=[{"op": "replace", "path": path, "value": value} for path, value in settings.items()],
    )

    def asked(path: str, word: str | None = None) -> dict[str, Any]:
        answer = aws.call_api(api_id, path, headers={"authorization": f"Bearer {word}"} if word else {})
        assert answer.headers["x-amzn-requestid"]
        line: dict[str, Any] = json.loads(logs.filter_log_events(logGroupName=group)["events"][-1]["message"])
        assert line["status"] == str(answer.status_code)
        return line

    return asked


def test_a_request_that_is_let_through_is_logged_with_what_the_authorizer_said(ask: Ask) -> None:
    line = ask("/movies", "good")
    assert line["call"] == "GET /movies"
    assert line["status"] == "200"
    assert (line["principal"], line["scope"]) == ("someone", "read:Movies")
    assert line["authorizer"] == "200 -"
    assert int(line["latency"]) >= 0
    asked, called = map(uuid.UUID, line["invocations"].split())
    assert asked != called
    assert (line["refusal"], line["unknown"]) == ("-", "-")


def test_a_cached_decision_is_logged_too_without_an_invocation(ask: Ask) -> None:
    first, second = ask("/movies", "good"), ask("/movies", "good")
    assert first["id"] != second["id"]
    assert second["principal"] == "someone"
    assert second["latency"] == "-"
    assert second["invocations"].startswith("- ")


def test_a_refusal_names_its_kind(ask: Ask) -> None:
    assert ask("/movies")["refusal"] == "UNAUTHORIZED"
    unknown = ask("/movies", "unknown")
    assert (unknown["refusal"], unknown["authorizer"]) == ("UNAUTHORIZED", "401 Unauthorized")
    assert unknown["principal"] == "-"
    denied = ask("/movies", "denied")
    assert (denied["refusal"], denied["principal"], denied["status"]) == ("ACCESS_DENIED", "someone", "403")
    broken = ask("/movies", "broken")
    assert (broken["refusal"], broken["authorizer"]) == ("AUTHORIZER_FAILURE", "500 a bug")


def test_an_open_path_has_no_authorizer_to_tell_of(ask: Ask) -> None:
    line = ask("/open")
    assert (line["call"], line["status"], line["principal"]) == ("GET /open", "200", "-")


def test_a_path_that_is_not_there_is_logged_without_a_route(ask: Ask) -> None:
    line = ask("/nowhere")
    assert line["call"] == "GET -"
    assert line["refusal"] == "MISSING_AUTHENTICATION_TOKEN"
