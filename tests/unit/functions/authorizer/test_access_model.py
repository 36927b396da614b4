"""The authorizer reads access_model.json only in exactly the form that the build writes."""

import json
from typing import Any

import pytest

from authorizer.access_model import AccessModelError, Operation, parse


def with_operation(**members: Any) -> dict[str, Any]:
    operation = {"method": "GET", "path": "/movies", "any_of": [["read:Movies"]]} | members
    return {
        "audience": "https://api",
        "connections": {"amazon": ["read:Movies"]},
        "machine_clients": {"nightly-report": ["read:Movies"]},
        "role_based_access_control": False,
        "operations": [operation],
    }


def test_the_access_model_that_the_build_makes_are_read(access_model_text: str) -> None:
    access_model = parse(access_model_text)
    assert access_model.audience == "https://StreamingResourceServer"
    assert access_model.connections == {"amazon": {"read:Movies"}, "google-oauth2": {"read:Devices"}}
    assert access_model.machine_clients == {"nightly-report": {"read:Movies"}}
    assert access_model.role_based_access_control is False
    assert access_model.operations[2] == Operation("GET", ("movies", "{id}"), (frozenset({"read:Movies"}),))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="an array"),
        pytest.param({}, id="empty"),
        pytest.param(with_operation() | {"extra": 1}, id="a member too many"),
        pytest.param(with_operation() | {"audience": ""}, id="an empty audience"),
        pytest.param(with_operation() | {"audience": ["https://api"]}, id="several audiences"),
        pytest.param(with_operation() | {"connections": ["amazon"]}, id="connections as an array"),
        pytest.param(with_operation() | {"connections": {"amazon": "read:Movies"}}, id="scopes as a string"),
        pytest.param(with_operation() | {"connections": {"amazon": [1]}}, id="a scope that is a number"),
        pytest.param(with_operation() | {"connections": {"amazon": [""]}}, id="an empty scope"),
        pytest.param(with_operation() | {"connections": {"amazon": ["a b"]}}, id="two scopes in one"),
        pytest.param(with_operation() | {"connections": {"amazon": ['a"b']}}, id="a scope with a quote"),
        pytest.param(with_operation() | {"connections": {"amazon": ["a\\b"]}}, id="a scope with a backslash"),
        pytest.param(with_operation() | {"connections": {"amazon": ["é"]}}, id="a scope beyond ASCII"),
        pytest.param(with_operation() | {"connections": {"": ["read:Movies"]}}, id="a connection without a name"),
        pytest.param(
            with_operation() | {"connections": {"a|b": ["read:Movies"]}}, id="a connection that no sub can name"
        ),
        pytest.param(with_operation() | {"connections": {'a"b': ["read:Movies"]}}, id="a connection with a quote"),
        pytest.param(with_operation() | {"machine_clients": []}, id="machine clients as an array"),
        pytest.param(with_operation() | {"machine_clients": {"x": "read:Movies"}}, id="a machine's scopes as a string"),
        pytest.param(with_operation() | {"role_based_access_control": 1}, id="a number in place of true"),
        pytest.param(with_operation() | {"role_based_access_control": "false"}, id="a word in place of false"),
        pytest.param(with_operation() | {"role_based_access_control": None}, id="neither true nor false"),
        pytest.param(with_operation() | {"operations": []}, id="no operation"),
        pytest.param(with_operation() | {"operations": {}}, id="operations as an object"),
        pytest.param(with_operation() | {"operations": ["GET /movies"]}, id="an operation as a string"),
        pytest.param(with_operation(public=True), id="an unknown member of an operation"),
        pytest.param(with_operation(any_of=[]), id="no alternative"),
        pytest.param(with_operation(any_of=[[]]), id="an alternative that anyone meets"),
        pytest.param(with_operation(any_of=[["read:Movies"], []]), id="one alternative that anyone meets"),
        pytest.param(with_operation(any_of=["read:Movies"]), id="alternatives as strings"),
        pytest.param(with_operation(any_of=None), id="alternatives null"),
        pytest.param(with_operation(method="get"), id="a method in small letters"),
        pytest.param(with_operation(method="*"), id="any method"),
        pytest.param(with_operation(method=""), id="no method"),
        pytest.param(with_operation(method="GÉT"), id="a method beyond ASCII"),
        pytest.param(with_operation(path="/" + "a" * 256), id="a path that no Resource has room for"),
        pytest.param(with_operation(path="movies"), id="a path without its slash"),
        pytest.param(with_operation(path="/"), id="the root"),
        pytest.param(with_operation(path="/movies/"), id="a slash at the end"),
        pytest.param(with_operation(path="/movies//x"), id="an empty segment"),
        pytest.param(with_operation(path="/*"), id="a wildcard"),
        pytest.param(with_operation(path="/movie?"), id="a question mark"),
        pytest.param(with_operation(path="/{proxy+}"), id="a greedy parameter"),
        pytest.param(with_operation(path="/{}"), id="a parameter without a name"),
        pytest.param(with_operation(path="/movie-{id}"), id="a parameter inside a segment"),
        pytest.param(with_operation(path="/{id"), id="half a parameter"),
    ],
)
def test_any_other_shape_is_an_error(document: Any) -> None:
    with pytest.raises(AccessModelError):
        parse(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "rules", "[" * 100_000], ids=["empty", "cut", "text", "deep"])
def test_what_is_not_json_is_an_error(text: str) -> None:
    with pytest.raises(AccessModelError):
        parse(text)
