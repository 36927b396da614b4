"""`make prove` succeeds for the repository and for generated documents, and fails on each planted fault."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.build.data_files.operations import operations
from scripts.build.data_files.overlaps import inexpressible
from scripts.build.data_files.project import Project, load_project
from scripts.errors import OperationError
from scripts.review.callers import Caller, Issuer
from scripts.review.proof import Answer, Proof, prove
from scripts.review.prove import asking
from scripts.tools import ROOT
from tests.unit.scripts.review.documents import PATHS, Paths, project

ISSUER = Issuer(now=1_800_000_000)

WITH_TOP: Paths = {**PATHS, "/movies/top": {"get": ["write"]}}
PROJECT = project(WITH_TOP, ["read"], ["read", "write"])


def proved(of: Project, change: Callable[[dict[str, Any]], object] = lambda document: document) -> Proof:
    """Prove with the authorizer's answers, after `change` has edited each policy document."""
    ask = asking(of, ISSUER)

    def changed(caller: Caller, api: str) -> Answer | None:
        answer = copy.deepcopy(ask(caller, api))
        if answer is not None:
            change(answer["policyDocument"])
        return answer

    return prove(of, changed, ISSUER.now, ISSUER.ends)


def without_deny(document: dict[str, Any]) -> None:
    document["Statement"] = [each for each in document["Statement"] if each["Effect"] == "Allow"] or document[
        "Statement"
    ]


def edited(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        for statement in document["Statement"]:
            statement["Resource"] = [
                resource.removesuffix(old) + new if resource.endswith(old) else resource
                for resource in statement["Resource"]
            ]

    return edit


def test_the_policies_of_this_repository_allow_what_its_documents_declare_and_nothing_else() -> None:
    of = load_project(ROOT)
    proof = prove(of, asking(of, ISSUER), ISSUER.now, ISSUER.ends)
    assert proof.faults == []
    assert proof.policies > len(of.apis)


def test_an_operation_next_to_a_parameter_is_proved_as_well_and_the_guard_closes_its_escaped_spelling() -> None:
    proof = proved(PROJECT)
    assert proof.faults == []
    assert proof.notes == [
        "movies: the guard alone closes `GET /movies/to%70` to Amazon where a router decodes it to GET /movies/top"
    ]


def test_a_missing_closing_deny_is_found() -> None:
    assert (
        "movies: open, but not declared: Amazon may call `GET /movies/top` (GET /movies/top)"
        in proved(PROJECT, without_deny).faults
    )


def test_a_deny_that_forgets_how_gateways_clean_paths_is_found() -> None:
    def forget(document: dict[str, Any]) -> None:
        for statement in document["Statement"]:
            statement["Resource"] = [each for each in statement["Resource"] if "/*/.." not in each]

    faults = proved(PROJECT, forget).faults
    assert faults == [
        "movies: open, but not declared: Amazon may call `GET /movies/top/A/..` when a router reads it with "
        "dot segments removed (GET /movies/top)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("GET/movies", "GET/movies*", "open, but no document declares it: Amazon may call `GET /moviesA`"),
        ("GET/movies", "*/movies", "open, but not declared: Amazon may call `POST /movies` (POST /movies)"),
        ("GET/movies/*", "*", "open, but not declared: Amazon may call `DELETE /movies/A` (DELETE /movies/{id})"),
    ],
)
def test_a_wildcard_that_is_too_wide_is_found(old: str, new: str, fault: str) -> None:
    assert f"movies: {fault}" in proved(PROJECT, edited(old, new)).faults


def test_a_forgotten_method_is_found() -> None:
    faults = proved(PROJECT, edited("POST/movies", "PUT/movies")).faults
    assert "movies: closed, but declared: Google may not call `POST /movies` (POST /movies)" in faults
    assert "movies: open, but no document declares it: Google may call `PUT /movies`" in faults


def test_a_scope_of_another_connection_is_found() -> None:
    model = copy.deepcopy(PROJECT.access_model)
    model["connections"]["amazon"] = ["read", "write"]
    faults = proved(Project(PROJECT.access, PROJECT.apis, model)).faults
    assert "movies: open, but not declared: Amazon may call `POST /movies` (POST /movies)" in faults
    assert "POST /movies: the guard lets Amazon pass, against the document" in faults


def test_an_operation_that_the_access_model_lacks_is_found() -> None:
    model = copy.deepcopy(PROJECT.access_model)
    model["operations"] = [each for each in model["operations"] if each["method"] != "DELETE"]
    faults = proved(Project(PROJECT.access, PROJECT.apis, model)).faults
    assert any(
        fault.startswith("movies: closed, but declared: Google may not call `DELETE /movies/") for fault in faults
    )


def test_a_policy_that_outlives_the_token_is_found() -> None:
    def forever(document: dict[str, Any]) -> None:
        for statement in document["Statement"]:
            statement.pop("Condition", None)

    assert "movies: the policy of Amazon still allows when the token has ended" in proved(PROJECT, forever).faults


def test_a_policy_with_an_element_that_cannot_be_judged_stops_the_proof() -> None:
    def other(document: dict[str, Any]) -> None:
        document["Statement"][0]["NotResource"] = document["Statement"][0].pop("Resource")

    with pytest.raises(OperationError, match="NotResource"):
        proved(PROJECT, other)


segments = st.sampled_from(["a", "b", "{id}"])
paths = st.lists(segments, max_size=3).map(lambda below: "/".join(["/movies", *below]))
needs = st.sampled_from([["read"], ["write"], []])
documents = st.dictionaries(paths, st.fixed_dictionaries({"get": needs}), min_size=2, max_size=5)


@settings(max_examples=8)
@given(documents)
def test_the_policies_of_generated_documents_that_the_build_accepts_are_proved(document: Paths) -> None:
    of = project({"/movies": {"get": ["read"]}, **document}, ["read"], ["read", "write"])
    found = [each for each in operations(of.apis["movies"]) if each.any_of is not None]
    if found and not inexpressible(found):  # the build also refuses documents without a guarded operation
        assert proved(of).faults == [], json.dumps(document)
