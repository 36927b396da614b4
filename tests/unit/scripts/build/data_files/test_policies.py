"""What no policy could say to API Gateway is refused before anything is built."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizer import access, access_model, policy
from scripts.build.data_files import load_project
from scripts.build.data_files.policies import POLICY_LIMIT, unanswerable
from scripts.errors import UserError

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"


def compiled(paths: list[str], **changes: Any) -> dict[str, Any]:
    """Rules with one operation for each path, which amazon may read and a machine may not."""
    return {
        "audience": "https://api",
        "connections": {"amazon": ["read"], "google-oauth2": ["list"]},
        "machine_clients": {"report": ["list"]},
        "role_based_access_control": False,
        "operations": [{"method": "GET", "path": path, "any_of": [["read"]]} for path in paths],
    } | changes


def many(count: int) -> list[str]:
    return [f"/movies/part{number:03}" for number in range(count)]


def test_rules_of_some_size_are_answerable() -> None:
    assert list(unanswerable(compiled(many(70)))) == []


@pytest.mark.parametrize("grantee", ["connections", "machine_clients"])
def test_a_policy_that_api_gateway_would_not_take_is_refused_with_the_name_of_whose_it_is(grantee: str) -> None:
    document = compiled(many(90), connections={}, machine_clients={})
    [sentence] = unanswerable(document | {grantee: {"whoever": ["read"]}})
    assert sentence.startswith("auth0/access.yaml: the policy of whoever would take up to ")
    assert f"API Gateway takes {POLICY_LIMIT}" in sentence


def test_who_may_call_little_of_a_large_table_is_not_the_reason() -> None:
    [sentence] = unanswerable(compiled(many(90)))
    assert "the policy of amazon " in sentence


def test_denies_count_too() -> None:
    parts = [{"method": "GET", "path": f"/movies/{{id}}/part{n:03}", "any_of": [["list"]]} for n in range(50)]
    item = {"method": "GET", "path": "/movies/{id}", "any_of": [["read"]]}
    sentences = list(unanswerable(compiled([], operations=[item, *parts])))
    assert "the policy of amazon " in sentences[0]


def test_no_answer_is_larger_than_the_build_reckons(monkeypatch: pytest.MonkeyPatch) -> None:
    document = compiled([*many(5), "/movies/{id}", "/movies/{id}/cast"])
    document["operations"][-1]["any_of"] = [["list"]]
    found = access_model.parse(json.dumps(document))
    table = policy.prepare(found.operations)
    sizes: dict[str, int] = {}
    for _, name, scopes in access.possible_grants(found):
        answer = policy.answer("", ARN, policy.resources(table, scopes), 1_800_000_000, {})
        sizes[name] = max(sizes.get(name, 0), len(json.dumps(answer["policyDocument"])))
    monkeypatch.setattr("scripts.build.data_files.policies.POLICY_LIMIT", 0)
    reckoned = {sentence.split()[4]: int(sentence.split()[9]) for sentence in unanswerable(document)}
    assert reckoned.keys() == {"amazon", "google-oauth2", "report"}
    assert all(reckoned[name] >= sizes[name] for name in reckoned)


def test_what_the_authorizer_could_not_read_is_refused_at_the_build(
    checkout: Path, spoil: Callable[[str, str, str], None]
) -> None:
    long = "/movies/" + "x" * access_model.PATH_LIMIT
    spoil("functions/movies/openapi.yaml", "  /movies/{id}:", f"  {long}/{{id}}:")
    with pytest.raises(UserError, match="the authorizer cannot read the access model: operations"):
        load_project(checkout)
