"""The verdict on a grant with several scopes, or with too few for any operation."""

import json

import pytest

from authorizer.access import CONNECTION, MACHINE_CLIENT, Grant
from authorizer.access_model import AccessModel, parse
from authorizer.errors import UnknownApiError
from authorizer.policy import read_method_arn
from authorizer.verdicts import Judge, Verdict

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET"


def access_model(*connection_scopes: str, more: tuple[str, ...] = ()) -> AccessModel:
    """Return a model with one connection and an operation that needs two scopes at once.

    Each of the scopes `more` opens an operation of its own.
    """
    needed = [["read:Movies", "read:Titles"], *([scope] for scope in more)]
    paths = ["/movies", *(f"/movies/{number}" for number, _ in enumerate(more))]
    return parse(
        json.dumps(
            {
                "audience": "https://api.example",
                "connections": {"amazon": connection_scopes},
                "machine_clients": {},
                "role_based_access_control": False,
                "operations": [
                    {"method": "GET", "path": path, "any_of": [scopes]}
                    for path, scopes in zip(paths, needed, strict=True)
                ],
            }
        )
    )


def judged(access_model: AccessModel, *scopes: str) -> Verdict:
    return Judge(access_model).verdict(read_method_arn(f"{ARN}/movies"), Grant(CONNECTION, "amazon", frozenset(scopes)))


def test_the_apis_get_the_scopes_with_one_space_between_them() -> None:
    verdict = judged(access_model("read:Movies", "read:Titles"), "read:Titles", "read:Movies")
    assert verdict.statements.allowed == [f"{ARN}/movies"]
    assert verdict.context["scope"] == "read:Movies read:Titles"
    assert verdict.context["reason"] == "This sign-in grants read:Movies read:Titles only."


def test_one_of_two_scopes_that_are_both_needed_opens_nothing() -> None:
    verdict = judged(access_model("read:Movies"), "read:Movies")
    assert verdict.statements.allowed == []
    assert (verdict.context["reason_code"], verdict.context["scope"]) == ("insufficient_scope", "read:Movies")


def test_a_grant_for_some_of_the_operations_opens_these_and_says_that_it_is_not_all() -> None:
    both = ("read:Movies", "read:Titles")
    model = access_model(*both, more=("delete:Movies",))
    assert judged(model, *both).context["reason_code"] == "granted_in_part"
    assert judged(model, *both, "delete:Movies").context["reason_code"] == "granted"


def test_an_application_is_told_that_it_is_the_application_which_lacks_a_scope() -> None:
    grant = Grant(MACHINE_CLIENT, "reports", frozenset({"read:Movies"}))
    verdict = Judge(access_model()).verdict(read_method_arn(f"{ARN}/movies"), grant)
    assert verdict.context["reason"] == "This application is granted read:Movies only."


def test_up_to_300_characters_of_scopes_are_listed_and_more_are_counted() -> None:
    longest = ["a" * 149, "b" * 150]
    assert judged(access_model(), *longest).context["reason"] == f"This sign-in grants {' '.join(longest)} only."
    assert judged(access_model(), longest[0], "b" * 151).context["reason"] == (
        "This sign-in grants 2 other scopes only."
    )


def test_a_verdict_on_an_api_that_is_not_in_the_access_model_is_none() -> None:
    with pytest.raises(UnknownApiError):
        Judge(access_model()).verdict(read_method_arn(f"{ARN}/devices"), Grant(CONNECTION, "amazon", frozenset()))


def test_a_verdict_is_found_once() -> None:
    judge, grant = Judge(access_model()), Grant(CONNECTION, "amazon", frozenset())
    verdicts = [judge.verdict(read_method_arn(f"{ARN}/movies/{item}"), grant) for item in range(3)]
    assert verdicts[0] is verdicts[1] is verdicts[2]


def test_a_verdict_on_another_stage_is_another_verdict() -> None:
    judge, grant = (
        Judge(access_model("read:Movies")),
        Grant(CONNECTION, "amazon", frozenset({"read:Movies", "read:Titles"})),
    )
    arns = [ARN, ARN.replace("live", "next"), ARN.replace("abc123", "def456")]
    found = [judge.verdict(read_method_arn(f"{arn}/movies"), grant).statements.allowed for arn in arns]
    assert found == [[f"{arn}/movies"] for arn in arns]


def test_the_verdicts_that_are_kept_are_bounded() -> None:
    assert Judge(access_model()).verdict.cache_info().maxsize == 4_096
