"""The build refuses an access model for which no policy would fit API Gateway."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authorizer import access_model, policy
from authorizer.access import CONNECTION, MACHINE_CLIENT, Grant
from authorizer.verdicts import Judge
from scripts.build.data_files import load_project
from scripts.build.data_files.policies import ANSWER_LIMIT, unanswerable
from scripts.errors import UserError

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"


def compiled(paths: list[str], **changes: Any) -> dict[str, Any]:
    """Return a model with one operation for each path, which amazon may read and a machine client may not."""
    return {
        "audience": "https://api",
        "connections": {"amazon": ["read"], "google-oauth2": ["list"]},
        "machine_clients": {"report": ["list"]},
        "role_based_access_control": False,
        "operations": [{"method": "GET", "path": path, "any_of": [["read"]]} for path in paths],
    } | changes


def many(count: int) -> list[str]:
    return [f"/movies/part{number:03}" for number in range(count)]


def test_an_access_model_of_some_size_is_answerable() -> None:
    assert list(unanswerable(compiled(many(50)))) == []


@pytest.mark.parametrize("grantee", ["connections", "machine_clients"])
def test_a_policy_that_api_gateway_would_not_take_is_refused_with_the_name_of_whose_it_is(grantee: str) -> None:
    document = compiled(many(90), connections={}, machine_clients={})
    [sentence] = unanswerable(document | {grantee: {"whoever": ["read"]}})
    assert sentence.startswith("functions/movies/openapi.yaml: the authorizer's answer to whoever would take up to ")
    assert f"API Gateway takes {ANSWER_LIMIT}" in sentence


def test_the_sentence_names_only_the_caller_with_the_large_answer() -> None:
    [sentence] = unanswerable(compiled(many(90)))
    assert "answer to amazon " in sentence


def test_denied_operations_count_for_the_size_too() -> None:
    parts = [{"method": "GET", "path": f"/movies/{{id}}/part{n:03}", "any_of": [["list"]]} for n in range(50)]
    item = {"method": "GET", "path": "/movies/{id}", "any_of": [["read"]]}
    sentences = list(unanswerable(compiled([], operations=[item, *parts])))
    assert "answer to amazon " in sentences[0]


def test_no_answer_is_larger_than_the_build_reckons(monkeypatch: pytest.MonkeyPatch) -> None:
    document = compiled([*many(5), "/movies/{id}", "/movies/{id}/cast"])
    document["operations"][-1]["any_of"] = [["list"]]
    found = access_model.parse(json.dumps(document))
    target = policy.read_method_arn(f"{ARN}/GET/movies")
    sizes = {}
    for kind, grantees in ((CONNECTION, found.connections), (MACHINE_CLIENT, found.machine_clients)):
        for name, scopes in grantees.items():
            verdict = Judge(found).verdict(target, Grant(kind, name, scopes))
            context = verdict.context | {"sub": f"{name}|{'\U0001f600' * 240}"}
            answer = policy.answer("0" * 32, verdict.statements, 1_800_000_000, context)
            sizes[name] = len(json.dumps(answer, ensure_ascii=False).encode())
    monkeypatch.setattr("scripts.build.data_files.policies.ANSWER_LIMIT", 0)
    reckoned = {sentence.split()[5]: int(sentence.split()[10]) for sentence in unanswerable(document)}
    assert reckoned.keys() == {"amazon", "google-oauth2", "report"}
    assert all(sizes[name] <= reckoned[name] <= sizes[name] + 800 for name in reckoned)


def test_an_answer_does_not_grow_with_the_number_of_apis() -> None:
    apis = {name: [f"/{name}/part{part}" for part in range(10)] for name in (f"api{number}" for number in range(100))}
    operations = [
        {"method": "GET", "path": path, "any_of": [[f"read:{name}"]]} for name, paths in apis.items() for path in paths
    ]
    grants = {"amazon": [f"read:{name}" for name in apis]}
    assert list(unanswerable(compiled([], connections=grants, operations=operations))) == []


def test_statements_that_no_caller_gets_together_are_not_added_up() -> None:
    """Each of 20 operations is closed only for callers without its scope, who then have fewer allowed operations."""
    items = [{"method": "GET", "path": "/movies/{id}", "any_of": [["read"]]}]
    items += [{"method": "GET", "path": f"/movies/p{n:02}", "any_of": [["list"]]} for n in range(20)]
    assert list(unanswerable(compiled([], connections={"amazon": ["read", "list"]}, operations=items))) == []


def test_scopes_of_great_length_count() -> None:
    names = [f"read:{'x' * 253}{number:02}" for number in range(25)]
    operations = [{"method": "GET", "path": "/movies", "any_of": [[name] for name in names]}]
    [sentence] = unanswerable(compiled([], connections={"amazon": names}, machine_clients={}, operations=operations))
    assert "answer to amazon " in sentence


def test_what_the_authorizer_could_not_read_is_refused_at_the_build(
    checkout: Path, spoil: Callable[[str, str, str], None]
) -> None:
    long = "/movies/" + "x" * access_model.PATH_LIMIT
    spoil("functions/movies/openapi.yaml", "  /movies/{id}:", f"  {long}/{{id}}:")
    with pytest.raises(UserError, match="the authorizer cannot read the access model: operations"):
        load_project(checkout)
