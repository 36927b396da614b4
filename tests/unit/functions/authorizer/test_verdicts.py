"""What a grant comes to, where its scopes are several, or too few for any operation."""

import json

from authorizer.access import CONNECTION
from authorizer.access_model import AccessModel, parse
from authorizer.verdicts import make_judge


def access_model(*connection_scopes: str) -> AccessModel:
    """One operation, which needs two scopes at once, and one connection."""
    return parse(
        json.dumps(
            {
                "audience": "https://api.example",
                "connections": {"amazon": connection_scopes},
                "machine_clients": {},
                "role_based_access_control": False,
                "operations": [{"method": "GET", "path": "/movies", "any_of": [["read:Movies", "read:Titles"]]}],
            }
        )
    )


def test_the_apis_are_told_the_scopes_with_one_space_between_them() -> None:
    judge = make_judge(access_model("read:Movies", "read:Titles"))
    verdict = judge((CONNECTION, "amazon", frozenset({"read:Titles", "read:Movies"})))
    assert verdict.found.allowed == ("GET/movies",)
    assert verdict.context["scope"] == "read:Movies read:Titles"
    assert verdict.context["reason"] == "This sign-in grants read:Movies read:Titles only."


def test_one_of_two_scopes_that_are_both_needed_opens_nothing() -> None:
    verdict = make_judge(access_model("read:Movies"))((CONNECTION, "amazon", frozenset({"read:Movies"})))
    assert verdict.found.allowed == ()
    assert (verdict.context["reason_code"], verdict.context["scope"]) == ("insufficient_scope", "read:Movies")
