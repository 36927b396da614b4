"""The handler's answers as API Gateway sees them, and its log as an operator sees it."""

import inspect
import json
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer.access_model import parse
from authorizer.ages import Clocks
from authorizer.handler import Handler
from authorizer.tokens import Signature, Verifier, rs256

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import
type Decide = Callable[..., dict[str, Any]]
type HandlerOf = Callable[..., Handler]
type Log = Callable[[], list[dict[str, Any]]]

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"
STANDING = Clocks(lambda: 0.0, lambda: 0.0)


def test_an_amazon_user_may_read_movies_and_nothing_else(
    workshop: Workshop, decide: Decide, verifier: Verifier
) -> None:
    answer = decide(workshop.token())
    [statement] = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == [f"{ARN}/GET/movies", f"{ARN}/GET/movies/*"]
    assert answer["principalId"] == verifier.subject_hash("amazon|amzn1.account.AF6KQXEXAMPLE")
    assert answer["context"] == {
        "sub": "amazon|amzn1.account.AF6KQXEXAMPLE",
        "scope": "read:Movies",
        "connection": "amazon",
        "reason": "This sign-in grants read:Movies only.",
        "reason_code": "granted",
    }


def test_a_google_user_may_not_read_movies(workshop: Workshop, decide: Decide) -> None:
    token = workshop.token(claims={"sub": "google-oauth2|1", "scope": "openid read:Movies read:Devices"})
    answer = decide(token)
    [statement] = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Deny", [f"{ARN}/*"])
    assert (answer["context"]["scope"], answer["context"]["reason"]) == ("", "This sign-in grants read:Devices only.")
    answer = decide(token, methodArn=f"{ARN}/GET/devices")
    [statement] = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", [f"{ARN}/GET/devices"])
    assert answer["context"]["scope"] == "read:Devices"


MACHINE = {"sub": "machine-client-id@clients", "azp": "machine-client-id", "gty": "client-credentials"}


def test_a_machine_client_gets_what_the_access_model_gives_it(workshop: Workshop, decide: Decide, log: Log) -> None:
    answer = decide(workshop.token(claims=MACHINE | {"scope": "read:Movies read:Devices"}))
    assert [statement["Effect"] for statement in answer["policyDocument"]["Statement"]] == ["Allow"]
    assert (answer["context"]["scope"], answer["context"]["connection"]) == ("read:Movies", "")
    assert log()[0]["machine_client"] == "nightly-report"


@pytest.mark.parametrize(
    ("claims", "code", "reason"),
    [
        pytest.param(
            {"scope": "openid"},
            "insufficient_scope",
            "This token grants none of the scopes that the connection amazon may have.",
            id="no scope",
        ),
        pytest.param(
            MACHINE | {"scope": "read:Devices"},
            "insufficient_scope",
            "This token grants none of the scopes that the application nightly-report may have.",
            id="a machine without its scope",
        ),
        pytest.param(
            {"sub": "spa-client-id@clients", "gty": "client-credentials"},
            "unknown_client",
            "This token's application grants no access.",
            id="an unknown machine",
        ),
        pytest.param(
            {"sub": 'a"},"x":"|1'},
            "unknown_connection",
            "This token's connection grants no access.",
            id="a hostile connection name",
        ),
    ],
)
def test_a_good_token_that_grants_nothing_gets_a_deny_with_a_sentence(
    claims: dict[str, Any], code: str, reason: str, workshop: Workshop, decide: Decide, log: Log
) -> None:
    answer = decide(workshop.token(claims=claims))
    assert [s["Effect"] for s in answer["policyDocument"]["Statement"]] == ["Deny"]
    assert answer["policyDocument"]["Statement"][0]["Resource"] == [f"{ARN}/*"]
    assert (answer["context"]["reason_code"], answer["context"]["reason"]) == (code, reason)
    assert (log()[0]["decision"], log()[0]["reason"]) == ("deny", code)


def test_a_token_that_opens_every_operation_has_the_reason_granted(
    workshop: Workshop, lines: list[str], verifier: Verifier
) -> None:
    access_model = {"audience": workshop.audience, "connections": {"amazon": ["read:Movies"]}, "machine_clients": {}}
    access_model |= {"role_based_access_control": False}
    access_model |= {"operations": [{"method": "GET", "path": "/movies", "any_of": [["read:Movies"]]}]}
    handle = Handler(
        verifier, parse(json.dumps(access_model)), {}, function="authorizer", clocks=STANDING, log=lines.append
    )
    answer = handle({"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}, None)
    assert answer["context"]["reason_code"] == json.loads(lines[0])["reason"] == "granted"


def test_of_many_scopes_those_that_are_claimed_open_their_operations(
    workshop: Workshop, lines: list[str], verifier: Verifier
) -> None:
    scopes = [f"read:{number}" for number in range(8)]
    access_model = {"audience": workshop.audience, "connections": {"amazon": scopes}, "machine_clients": {}}
    access_model |= {"role_based_access_control": False}
    access_model |= {
        "operations": [
            {"method": "GET", "path": f"/movies/{number}", "any_of": [[scopes[number]]]} for number in range(8)
        ]
    }
    handle = Handler(
        verifier, parse(json.dumps(access_model)), {}, function="authorizer", clocks=STANDING, log=lines.append
    )
    token = workshop.token(claims={"scope": "read:3 read:5"})
    answer = handle({"authorizationToken": f"Bearer {token}", "methodArn": f"{ARN}/GET/movies"}, None)
    assert answer["policyDocument"]["Statement"][0]["Resource"] == [f"{ARN}/GET/movies/3", f"{ARN}/GET/movies/5"]


def test_the_answer_is_the_same_for_every_operation_of_an_api_that_is_asked_for(
    workshop: Workshop, decide: Decide
) -> None:
    token = workshop.token()
    answers = [decide(token, methodArn=f"{ARN}/{path}") for path in ("GET/movies", "GET/movies/7", "DELETE/movies/x/y")]
    assert answers[0] == answers[1] == answers[2]


def test_an_answer_holds_the_operations_of_the_api_that_was_asked_and_no_others(
    workshop: Workshop, verifier: Verifier, lines: list[str]
) -> None:
    names = [f"api{number}" for number in range(50)]
    access_model = {"audience": workshop.audience, "connections": {"amazon": [f"read:{name}" for name in names]}}
    access_model |= {"machine_clients": {}, "role_based_access_control": False}
    access_model |= {
        "operations": [{"method": "GET", "path": f"/{name}", "any_of": [[f"read:{name}"]]} for name in names]
    }
    handle = Handler(
        verifier, parse(json.dumps(access_model)), {}, function="authorizer", clocks=STANDING, log=lines.append
    )
    token = workshop.token(claims={"scope": " ".join(access_model["connections"]["amazon"])})
    for name in names:
        answer = handle({"authorizationToken": f"Bearer {token}", "methodArn": f"{ARN}/GET/{name}"}, None)
        assert answer["policyDocument"]["Statement"][0]["Resource"] == [f"{ARN}/GET/{name}"]
        assert answer["context"]["scope"] == f"read:{name}"
        assert answer["context"]["reason"] == ("This sign-in grants 50 other scopes only.")


@pytest.mark.parametrize("path", ["", "moviesx", "Movies", "%6Dovies", "/movies", "x/movies"])
def test_a_path_of_no_known_api_is_401_which_no_cache_keeps(
    path: str, workshop: Workshop, decide: Decide, log: Log
) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        decide(workshop.token(), methodArn=f"{ARN}/GET/{path}")
    assert (log()[0]["level"], log()[0]["reason"]) == ("ERROR", "unknown_api")


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
    event: dict[str, Any], reason: str, workshop: Workshop, decide: Decide, log: Log
) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        decide(workshop.token(), **event)
    assert (log()[0]["decision"], log()[0]["reason"]) == ("unauthorized", reason)


@pytest.mark.parametrize(
    "event",
    [None, [], {}, (), "Bearer", b"{}", 1, True, {"authorizationToken": {}}, {1: 2}, [{}] * 10_000, "x" * 1_000_000],
    ids=lambda event: ascii(event)[:40],
)
def test_whatever_is_no_event_gets_401(event: Any, verifier: Verifier, handler_of: HandlerOf, log: Log) -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        handler_of(verifier)(event, None)
    assert log()[0]["reason"] in {"bad_event", "bad_authorization_header"}


def failing_signature(defect: BaseException) -> Signature:
    """Return a signature check that raises this exception, as a defective library would."""

    def fail(_key_id: str | None) -> RSAPublicKey:
        raise defect

    return rs256(fail)


class Panic(BaseException):
    """A native library's panic raises no Exception (pyo3_runtime.PanicException)."""


@pytest.mark.parametrize(
    "defect",
    [
        ValueError("eyJ.secret"),
        AttributeError("x"),
        UnicodeEncodeError("ascii", "é", 0, 1, "x"),
        RecursionError("secret"),
        MemoryError("secret"),
        Panic("secret"),
    ],
    ids=repr,
)
def test_a_defect_gets_401_and_an_error_without_its_text_in_the_log(
    defect: BaseException, workshop: Workshop, verifier: Verifier, handler_of: HandlerOf, log: Log
) -> None:
    failing = Verifier(
        failing_signature(defect), verifier.expected, verifier.revocations, verifier.subject_hash, lambda: 0.0
    )
    with pytest.raises(Exception, match=r"\AUnauthorized\Z") as refusal:
        handler_of(failing)(
            {"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}, None
        )
    assert refusal.value.__context__ is None  # Lambda would print the whole chain
    [entry] = log()
    assert (entry["level"], entry["reason"], entry["problem"]) == ("ERROR", "defect", type(defect).__name__)
    assert "secret" not in json.dumps(entry)


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
def test_an_exception_that_ends_the_process_is_not_caught(
    end: type[BaseException], workshop: Workshop, verifier: Verifier, handler_of: HandlerOf
) -> None:
    ending = Verifier(
        failing_signature(end()), verifier.expected, verifier.revocations, verifier.subject_hash, lambda: 0.0
    )
    with pytest.raises(end):
        handler_of(ending)({"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}, None)


@pytest.mark.parametrize("failure", [BrokenPipeError, MemoryError, Panic])
def test_a_decision_that_cannot_be_logged_is_401(
    failure: type[BaseException], workshop: Workshop, verifier: Verifier, handler_of: HandlerOf
) -> None:
    def closed(_line: str) -> None:
        raise failure

    handle = handler_of(verifier, log=closed)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z") as refusal:
        handle({"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}, None)
    assert refusal.value.__context__ is None


def test_an_interpreter_whose_stack_is_nearly_full_gives_no_other_exception(
    workshop: Workshop, verifier: Verifier, handler_of: HandlerOf
) -> None:
    handle = handler_of(verifier)
    event = {"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}
    answers = []

    def fill(frames: int) -> None:
        if frames:
            fill(frames - 1)
            return
        try:
            answers.append(handle(event, None)["context"]["sub"])
        except Exception as error:
            answers.append(str(error))

    used = len(inspect.stack(0))
    for frames in range(sys.getrecursionlimit() - used - 40, sys.getrecursionlimit() - used - 4):
        fill(frames)
    assert set(answers) == {"Unauthorized", "amazon|amzn1.account.AF6KQXEXAMPLE"}


def test_each_decision_is_one_line_with_what_an_operator_needs(
    workshop: Workshop, verifier: Verifier, handler_of: HandlerOf, lines: list[str], log: Log
) -> None:
    ticks = iter([10.0, 10.0015])
    handle = handler_of(verifier, clocks=Clocks(lambda: workshop.now, lambda: next(ticks)))
    handle(
        {"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"},
        SimpleNamespace(aws_request_id="id-1"),
    )
    assert [line.count("\n") for line in lines] == [1]
    [entry] = log()
    assert entry.pop("_aws")["Timestamp"] == workshop.now * 1_000
    assert entry == {
        "level": "INFO",
        "message": "authorization",
        "request_id": "id-1",
        "decision": "allow",
        "reason": "granted",
        "function": "gatehouse-test-authorizer",
        "api": "abc123",
        "stage": "live",
        "key_id": "key-1",
        "issuer": workshop.issuer,
        "subject": verifier.subject_hash("amazon|amzn1.account.AF6KQXEXAMPLE"),
        "connection": "amazon",
        "scopes": ["read:Movies"],
        "latency_us": 1_500,
        "decisions": 1,
    }


def test_an_unreadable_list_of_what_is_revoked_is_an_error_in_every_line_and_stops_no_good_token(
    workshop: Workshop, revoking_verifier: Callable[[str], Verifier], handler_of: HandlerOf, log: Log
) -> None:
    handle = handler_of(revoking_verifier("no JSON"))
    event = {"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}
    answer = handle(event, None)
    assert answer["context"]["scope"] == "read:Movies"
    [entry] = log()
    assert (entry["level"], entry["decision"]) == ("ERROR", "allow")
    assert entry["problem"] == "REVOCATIONS is no JSON object"
    assert entry["unreadable_revocations"] == 1


def test_a_revoked_token_is_a_401_with_its_reason(
    workshop: Workshop, revoking_verifier: Callable[[str], Verifier], handler_of: HandlerOf, log: Log
) -> None:
    handle = handler_of(revoking_verifier('{"kid:key-1": 9999999999}'))
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        handle({"authorizationToken": f"Bearer {workshop.token()}", "methodArn": f"{ARN}/GET/movies"}, None)
    assert log()[0]["reason"] == "revoked"
    assert log()[0]["subject"] is not None


PRIVATE = {
    "sub": "amazon|amzn1.account.PRIVATE",
    "email": "someone@example.com",
    "name": "Some One",
    "https://example.com/address": "1 Private Road",
    "azp": "private-client",
}


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"scope": ""},
        {"scope": "private@example.com read:Movies"},
        {"exp": 0},
        {"aud": "private-audience"},
        {"iss": "https://private.example.com/"},
        {"nonce": "private-nonce"},
        {"sub": "private|"},
        {"sub": "private@clients", "azp": "private", "gty": "client-credentials"},
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "header", [{}, {"kid": "private@example.com"}, {"alg": "private"}, {"typ": "private"}], ids=repr
)
def test_no_log_line_holds_anything_of_the_token_or_its_user(
    header: dict[str, Any], claims: dict[str, Any], workshop: Workshop, decide: Decide, lines: list[str]
) -> None:
    token = workshop.token(header=header, claims=PRIVATE | claims)
    try:
        decide(token)
    except Exception as refusal:
        assert str(refusal) == "Unauthorized"  # noqa: PT017 - some of these tokens are good
    [line] = lines
    private = [*token.split("."), *map(str, PRIVATE.values()), "PRIVATE", "private", "example.com", "Bearer"]
    assert [secret for secret in private if secret in line] == []
