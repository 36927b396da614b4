"""The report of `make denials`: reasons, callers, and the sentence at the end."""

from scripts.operate.denials import failures, refusals, report
from tests.unit.scripts.operate.lines import ACCESS_DENIED, UNAUTHORIZED, access, decision

ADA = "a" * 32


def told(accesses: list, decisions: list) -> list[str]:  # type: ignore[type-arg]
    return list(report(refusals(accesses, decisions), failures(accesses)))


def test_each_answer_has_the_reason_of_the_part_that_gave_it() -> None:
    accesses = [
        access(status="401", refusal="UNAUTHORIZED"),
        access(**UNAUTHORIZED, authorizer_request="lambda-1"),
        access(**UNAUTHORIZED, authorizer_request="lambda-2"),
        access(**ACCESS_DENIED, principal=ADA, connection="google-oauth2"),
        access(status="403", refusal="INVALID_API_KEY"),
        access(status="403", reason_code="granted_in_part", principal=ADA),
        access(status="429", refusal="THROTTLED"),
        access(status="404", refusal="MISSING_AUTHENTICATION_TOKEN"),
        access(status="200"),
    ]
    found = refusals(accesses, [decision("lambda-1", "expired", ADA, connection="amazon")])
    assert [(each.status, each.reason, each.caller, each.grantee) for each in found] == [
        ("401", "no_token", None, None),
        ("401", "expired", ADA, "amazon"),
        ("401", "not_logged", None, None),
        ("403", "insufficient_scope", ADA, "google-oauth2"),
        ("403", "INVALID_API_KEY", None, None),
        ("403", "granted_in_part", ADA, None),
        ("429", "THROTTLED", None, None),
    ]


def test_one_caller_is_named_with_the_command_that_refuses_it() -> None:
    lines = told([access(later, **ACCESS_DENIED, principal=ADA, connection="amazon") for later in range(9)], [])
    assert any(line.split()[:3] == ["9", ADA, "amazon"] and line.endswith("insufficient_scope 9") for line in lines)
    assert lines[-1].startswith("9 of 9 refusals are of one caller")
    assert f"`make revoke SUBJECT_HASH={ADA}`" in lines[-1]


def test_nobody_in_particular_is_an_attacker_and_many_are_a_fault() -> None:
    scanner = told([access(status="401", refusal="UNAUTHORIZED")] * 5, [])
    assert scanner[-1] == "5 of 5 refusals name nobody: a page before its sign-in, a probe, a scanner or an attacker."
    everybody = told([access(**ACCESS_DENIED, principal=f"{number:032x}") for number in range(30)], [])
    assert everybody[-1].startswith("30 refusals, of 30 callers that can be named")
    assert "          and 10 more" in everybody


def test_failures_are_listed_with_their_requests() -> None:
    lines = told([access(status="502", refusal="INTEGRATION_FAILURE", request_id="failed-1")], [])
    assert lines[0] == "Nobody was refused."
    assert "1 requests failed" in lines[2]
    assert lines[-1].endswith("502  GET /movies  failed-1")


def test_the_latest_failures_are_listed_whichever_api_they_are_of() -> None:
    devices = [access(60, status="500", refusal="API_CONFIGURATION_ERROR", path="/devices", request_id="the latest")]
    movies = [access(number, status="500", request_id=f"movies-{number}") for number in range(20)]
    lines = told([*devices, *movies], [])  # as the logs are read: one API after the other
    assert [line.split()[-1] for line in lines[-2:]] == ["movies-19", "latest"]
