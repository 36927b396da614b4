"""The sentence of `make why`, for each part that can refuse or fail."""

from collections.abc import Sequence

import pytest

from scripts.operate.logs import Line
from scripts.operate.why import Trail, report
from tests.unit.scripts.operate.lines import ACCESS_DENIED, UNAUTHORIZED, access, decision, line, platform

EXCEPTION = "Traceback (most recent call last):\n  File ...\nKeyError: 'title'"


def told(at_gateway: Line, decided: Line | None = None, function: Sequence[Line] = ()) -> str:
    return "\n".join(report(Trail(at_gateway, decided, function)))


@pytest.mark.parametrize(
    ("refusal", "status", "why"),
    [
        ("INVALID_API_KEY", "403", "it came around the distribution, without the origin key"),
        ("MISSING_AUTHENTICATION_TOKEN", "404", "the API has no operation of this method and path"),
        ("THROTTLED", "429", "more requests arrived than the stage lets through"),
        ("AUTHORIZER_FAILURE", "500", "the authorizer ended without an answer"),
        ("API_CONFIGURATION_ERROR", "500", "API Gateway could not invoke the function"),
    ],
)
def test_the_gateways_own_refusals_are_explained(refusal: str, status: str, why: str) -> None:
    assert f"Why: {why}" in told(access(status=status, refusal=refusal))


def test_a_function_that_fails_is_quoted_by_the_last_line_of_its_exception() -> None:
    lines = [
        line({"level": "ERROR", "message": "unexpected failure", "exception": EXCEPTION}),
        line({"level": "INFO", "message": "answered", "status": 500}),
    ]
    text = told(access(status="500"), None, lines)
    assert "function    answered 500: KeyError: 'title'" in text
    assert "Why: the function failed: KeyError: 'title'." in text


@pytest.mark.parametrize(
    "private",
    ["ada@example.com", "google-oauth2|1139", "abcDEF123@clients", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"],
)
def test_what_an_exception_quotes_of_a_caller_is_hidden(private: str) -> None:
    lines = [
        line({"level": "ERROR", "message": "unexpected failure", "exception": f"ValueError: no row of '{private}'"})
    ]
    text = told(access(status="500"), None, lines)
    assert "ValueError: no row of '(hidden)'" in text
    assert private not in text


def test_a_function_that_ran_out_of_time_is_reported_in_lambdas_words() -> None:
    text = told(
        access(status="504", refusal="INTEGRATION_TIMEOUT"), None, [platform("id-1 Task timed out after 10.00 seconds")]
    )
    assert "function    did not answer: Task timed out" in text
    assert "Why: the function did not answer within API Gateway's time: Task timed out." in text


def test_a_kept_decision_names_its_caller_and_what_the_operation_needs() -> None:
    text = told(access(**ACCESS_DENIED, principal="a" * 32, connection="google-oauth2"))
    assert f"authorizer  insufficient_scope, caller {'a' * 32} of google-oauth2, decided before and kept" in text
    assert "The token is valid, but its scopes cover no operation of the API." in text


def test_a_problem_for_the_operator_is_shown_with_the_decision() -> None:
    decided = decision("lambda-1", "keys_too_old", problem="The issuer's key set could not be read.")
    text = told(access(**UNAUTHORIZED, authorizer_request="lambda-1"), decided)
    assert "authorizer  unauthorized, keys_too_old; The issuer's key set could not be read." in text
    assert "Why: The issuer's keys could not be renewed for so long that they are no longer trusted." in text


def test_a_line_that_is_not_in_the_log_yet_is_mentioned() -> None:
    assert "its line is not in the log yet" in told(access(**UNAUTHORIZED, authorizer_request="lambda-1"))
