from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build.data_files import load_access
from scripts.errors import UserError

Spoil = Callable[[str, str, str], None]
FILE = "auth0/access.yaml"


def test_our_own_file_says_who_may_do_what(checkout: Path) -> None:
    access = load_access(checkout / FILE)
    assert access["audience"] == "https://StreamingResourceServer"
    assert access["connections"]["amazon"]["scopes"] == ["read:Movies"]
    assert access["connections"]["google-oauth2"]["scopes"] == ["read:Devices"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "amazon: { display_name: Amazon, scopes: [read:Movies] }",
            "amazon: { display_name: Amazon, scopes: [read:Moveis] }",
            'amazon.scopes[0]: the scope "read:Moveis" is not declared under scopes; did you mean "read:Movies"?',
            id="a scope with a typo",
        ),
        pytest.param(
            "scopes: [read:Movies]",
            "scopes: [READ:MOVIES]",
            'the scope "READ:MOVIES" is not declared under scopes; did you mean "read:Movies"?',
            id="a scope in other letters",
        ),
        pytest.param(
            "scopes: [read:Movies]",
            "scopse: [read:Movies]",
            'connections.amazon: unknown key "scopse"; did you mean "scopes"?',
            id="a key with a typo",
        ),
        pytest.param(
            "scopes: [read:Movies]", "scopes: read:Movies", "must be of type array", id="one scope that is no list"
        ),
        pytest.param(
            "scopes: [read:Movies]", "scopes: [read:Movies, read:Movies]", "names something twice", id="a scope twice"
        ),
        pytest.param("https://Streaming", "http://Streaming", "audience:", id="an audience that is not https"),
        pytest.param("amazon:", "Login With Amazon:", 'the key "Login With Amazon"', id="a connection with spaces"),
        pytest.param("  read:Devices:", '  "read Devices":', 'the key "read Devices"', id="a scope with a space"),
        pytest.param(
            "  read:Devices:",
            "  openid:",
            'the key "openid" belongs to OpenID Connect',
            id="a scope that OpenID Connect owns",
        ),
        pytest.param("audience:", "# audience:", 'the top level: "audience" is missing', id="no audience"),
        pytest.param(
            "scopes:\n", "scopes:\n  read:Movies: x\n", 'the key "read:Movies" appears twice', id="a key twice"
        ),
        pytest.param("audience:", "audience: [", "line 3", id="not YAML"),
        pytest.param(
            "connections:",
            "machine_clients: { report: { display_name: Report, scopes: [read:Moveis] } }\nconnections:",
            'machine_clients.report.scopes[0]: the scope "read:Moveis" is not declared under scopes; did you mean',
            id="a scope of a machine client with a typo",
        ),
        pytest.param(
            "connections:",
            "machine_clients: { amazon: { display_name: Report, scopes: [] } }\nconnections:",
            "machine_clients.amazon: a connection has this name; choose another",
            id="a machine client called like a connection",
        ),
        pytest.param(
            "connections:",
            "machine_clients: { report: { display_name: Google, scopes: [] } }\nconnections:",
            'machine_clients.report: "Google" is the display_name of connections.google-oauth2 too; choose another',
            id="a machine client shown like a connection",
        ),
        pytest.param(
            "connections:",
            "machine_client: {}\nconnections:",
            'unknown key "machine_client"; did you mean "machine_clients"?',
            id="a section with a typo",
        ),
        pytest.param(
            "connections:",
            "machine_clients: { report: { scopes: [] } }\nconnections:",
            'machine_clients.report: "display_name" is missing; add it',
            id="a machine client that nobody can read",
        ),
        pytest.param(
            "connections:",
            'role_based_access_control: "true"\nconnections:',
            'role_based_access_control: "true" must be of type boolean',
            id="a switch that is text",
        ),
        pytest.param(
            "read:Movies: List the movies",
            "read:Movie's: List the movies",
            'the key "read:Movie\'s"',
            id="an apostrophe, which would end a header's value at API Gateway",
        ),
        pytest.param(
            "read:Movies: List the movies", "2024: List", "write the key 2024 in quotes", id="a key of digits"
        ),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_place_and_fix(
    checkout: Path, spoil: Spoil, old: str, new: str, sentence: str
) -> None:
    spoil(FILE, old, new)
    with pytest.raises(UserError) as raised:
        load_access(checkout / FILE)
    assert "access.yaml" in str(raised.value)
    assert sentence in str(raised.value)


def test_a_scope_that_nobody_is_granted_is_allowed(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, "scopes: [read:Devices]", "scopes: []")
    assert load_access(checkout / FILE)["connections"]["google-oauth2"]["scopes"] == []


def test_keys_that_are_left_out_grant_nothing(checkout: Path) -> None:
    access = load_access(checkout / FILE)
    assert (access["machine_clients"], access["role_based_access_control"]) == ({}, False)


def test_every_mistake_is_reported_at_once(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, "amazon: { display_name: Amazon, scopes: [read:Movies] }", "amazon: { scopse: [] }")
    with pytest.raises(UserError) as raised:
        load_access(checkout / FILE)
    assert len(str(raised.value).splitlines()) == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"access\.yaml does not exist"):
        load_access(tmp_path / "access.yaml")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "access.yaml").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="is empty"):
        load_access(tmp_path / "access.yaml")
