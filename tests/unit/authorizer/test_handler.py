"""The handler's answers as API Gateway sees them, and its log as an operator does."""

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from authorizer.handler import make_handler
from authorizer.rules import Rules

type Workshop = Any  # conftest.Workshop, which importlib mode keeps to itself
type Decide = Callable[..., dict[str, Any]]

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"


def test_an_amazon_user_may_read_movies_and_nothing_else(workshop: Workshop, decide: Decide) -> None:
    answer = decide(workshop.token())
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == [f"{ARN}/GET/movies", f"{ARN}/GET/movies/*"]
    assert answer["principalId"] == "amazon|amzn1.account.AF6KQXEXAMPLE"
    assert answer["context"] == {
        "sub": "amazon|amzn1.account.AF6KQXEXAMPLE",
        "scope": "read:Movies",
        "connection": "amazon",
        "reason": "This sign-in grants read:Movies only.",
    }


def test_a_google_user_may_not_read_movies(workshop: Workshop, decide: Decide) -> None:
    answer = decide(workshop.token(claims={"sub": "google-oauth2|1", "scope": "openid read:Movies read:Devices"}))
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == [f"{ARN}/GET/devices"]
    assert answer["context"]["scope"] == "read:Devices"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"scope": "openid"}, "This token grants none of the scopes that the connection amazon may have."),
        ({"sub": "client@clients"}, "This token's connection grants no access."),
        ({"sub": 'a"},"x":"|1'}, "This token's connection grants no access."),
    ],
    ids=["no scope", "a machine", "a hostile connection name"],
)
def test_a_good_token_that_grants_nothing_gets_a_deny_with_a_sentence(
    claims: dict[str, Any], reason: str, workshop: Workshop, decide: Decide, log: list[dict[str, Any]]
) -> None:
    answer = decide(workshop.token(claims=claims))
    assert [s["Effect"] for s in answer["policyDocument"]["Statement"]] == ["Deny"]
    assert answer["policyDocument"]["Statement"][0]["Resource"] == [f"{ARN}/*"]
    assert answer["context"]["reason"] == reason
    assert (log[0]["decision"], log[0]["reason"]) == ("deny", "insufficient_scope")


def test_the_answer_is_the_same_for_every_method_that_is_asked_for(workshop: Workshop, decide: Decide) -> None:
    token = workshop.token()
    answers = [decide(token, methodArn=f"{ARN}/{path}") for path in ("GET/movies", "GET/devices", "DELETE/x/y/z")]
    assert answers[0] == answers[1] == answers[2]


def test_the_policy_ends_when_the_token_is_refused(workshop: Workshop, decide: Decide) -> None:
    answer = decide(workshop.token(claims={"exp": 1_800_000_100}))
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Condition"] == {"DateLessThan": {"aws:CurrentTime": "2027-01-15T08:01:45Z"}}


def test_the_answer_can_be_written_as_json_and_its_context_holds_strings_only(
    workshop: Workshop, decide: Decide
) -> None:
    answer = decide(workshop.token(claims={"sub": "amazon|Łukasz"}))
    assert json.loads(json.dumps(answer, ensure_ascii=False).encode()) == answer
    assert all(type(value) is str for value in answer["context"].values())


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param({"authorizationToken": None}, "bad_authorization_header", id="no header"),
        pytest.param({"authorizationToken": ""}, "bad_authorization_header", id="an empty header"),
        pytest.param({"authorizationToken": "Basic YTpi"}, "bad_authorization_header", id="another scheme"),
        pytest.param({"authorizationToken": 1}, "bad_authorization_header", id="a number"),
        pytest.param({"methodArn": None}, "bad_method_arn", id="no method ARN"),
        pytest.param({"methodArn": "arn:aws:s3:::bucket"}, "bad_method_arn", id="a foreign method ARN"),
        pytest.param({"methodArn": f"{ARN}"}, "bad_method_arn", id="a method ARN without a method"),
    ],
)
def test_an_event_that_proves_nothing_gets_401(
    event: dict[str, Any], reason: str, workshop: Workshop, decide: Decide, log: list[dict[str, Any]]
) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        decide(workshop.token(), **event)
    assert (log[0]["decision"], log[0]["reason"]) == ("unauthorized", reason)


@pytest.mark.parametrize("event", [None, [], "Bearer", 1], ids=repr)
def test_an_event_that_is_no_object_gets_401(event: Any, rules: Rules) -> None:
    handle = make_handler(lambda _: {}, rules, 0, lambda _: None, lambda: 0.0)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        handle(event, None)


@pytest.mark.parametrize(
    "defect",
    [ValueError("eyJ.secret"), AttributeError("x"), UnicodeEncodeError("ascii", "é", 0, 1, "x"), RecursionError()],
    ids=repr,
)
def test_a_defect_of_ours_gets_401_and_an_error_without_its_text_in_the_log(defect: Exception, rules: Rules) -> None:
    def verify(_token: str) -> Mapping[str, Any]:
        raise defect

    log: list[dict[str, Any]] = []
    handle = make_handler(verify, rules, 0, log.append, lambda: 0.0)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z") as refusal:
        handle({"authorizationToken": "Bearer a.b.c", "methodArn": f"{ARN}/GET/movies"}, None)
    assert refusal.value.__context__ is None  # Lambda would print the whole chain
    assert (log[0]["level"], log[0]["reason"]) == ("ERROR", f"defect: {type(defect).__name__}")
    assert "secret" not in json.dumps(log)


def test_claims_that_no_verifier_should_return_open_nothing(rules: Rules) -> None:
    handle = make_handler(lambda _: {}, rules, 0, lambda _: None, lambda: 0.0)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        handle({"authorizationToken": "Bearer a.b.c", "methodArn": f"{ARN}/GET/movies"}, None)


def test_each_decision_is_one_entry_with_what_an_operator_needs(workshop: Workshop, rules: Rules) -> None:
    log: list[dict[str, Any]] = []
    ticks = iter([10.0, 10.0015])
    handle = make_handler(lambda _: workshop.claims(), rules, 0, log.append, lambda: next(ticks))
    handle(
        {"authorizationToken": "Bearer a.b.c", "methodArn": f"{ARN}/GET/movies"}, SimpleNamespace(aws_request_id="id-1")
    )
    assert log == [
        {
            "level": "INFO",
            "message": "authorization",
            "request_id": "id-1",
            "decision": "allow",
            "reason": "granted",
            "api": "abc123",
            "stage": "live",
            "connection": "amazon",
            "scopes": ["read:Movies"],
            "latency_ms": 1.5,
        }
    ]


PRIVATE = {
    "sub": "amazon|amzn1.account.PRIVATE",
    "email": "someone@example.com",
    "name": "Some One",
    "https://example.com/address": "1 Private Road",
    "azp": "private-client",
}


@pytest.mark.parametrize(
    "claims",
    [{}, {"scope": ""}, {"exp": 0}, {"aud": "private-audience"}, {"nonce": "private-nonce"}, {"sub": "private|"}],
    ids=repr,
)
def test_no_log_entry_holds_anything_of_the_token_or_its_user(
    claims: dict[str, Any], workshop: Workshop, decide: Decide, log: list[dict[str, Any]]
) -> None:
    token = workshop.token(claims=PRIVATE | claims)
    try:
        decide(token)
    except Exception as refusal:
        assert str(refusal) == "Unauthorized"  # noqa: PT017 - some of these tokens are good
    text = json.dumps(log)
    assert len(log) == 1
    private = [*token.split("."), *map(str, PRIVATE.values()), "PRIVATE", "private", "example.com", "Bearer"]
    assert [secret for secret in private if secret in text] == []
