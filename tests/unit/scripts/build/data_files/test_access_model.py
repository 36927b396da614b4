import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build.data_files import load_project
from scripts.errors import UserError

Spoil = Callable[[str, str, str], None]


def test_the_access_model_hold_the_guarded_operations_and_no_public_one(checkout: Path) -> None:
    assert load_project(checkout).access_model == {
        "audience": "https://StreamingResourceServer",
        "connections": {"amazon": ["read:Movies"], "google-oauth2": ["read:Devices"]},
        "machine_clients": {},
        "role_based_access_control": False,
        "operations": [
            {"method": "GET", "path": "/devices", "any_of": [["read:Devices"]]},
            {"method": "GET", "path": "/devices/{id}", "any_of": [["read:Devices"]]},
            {"method": "GET", "path": "/movies", "any_of": [["read:Movies"]]},
            {"method": "GET", "path": "/movies/{id}", "any_of": [["read:Movies"]]},
        ],
    }


def test_machine_clients_and_the_switch_for_permissions_are_compiled_from_their_own_keys(
    checkout: Path, spoil: Spoil
) -> None:
    spoil(
        "auth0/access.yaml",
        "connections:",
        "role_based_access_control: true\n"
        "machine_clients: { report: { display_name: Report, scopes: [read:Movies, read:Devices] } }\n"
        "connections:",
    )
    access_model = load_project(checkout).access_model
    assert access_model["machine_clients"] == {"report": ["read:Devices", "read:Movies"]}
    assert access_model["role_based_access_control"] is True
    assert "report" not in access_model["connections"]


def test_alternatives_and_scopes_needed_together_are_kept_apart(checkout: Path, spoil: Spoil) -> None:
    security = "[{ auth0: [read:Movies, read:Devices] }, { auth0: [read:Devices] }]"
    spoil("functions/movies/openapi.yaml", "[{ auth0: [read:Movies] }]", security)
    (movies,) = [entry for entry in load_project(checkout).access_model["operations"] if entry["path"] == "/movies"]
    assert movies["any_of"] == [["read:Devices"], ["read:Devices", "read:Movies"]]


def test_the_order_in_the_files_does_not_change_the_rules(checkout: Path, spoil: Spoil) -> None:
    before = json.dumps(load_project(checkout).access_model)
    spoil("auth0/access.yaml", "  read:Movies: List the movies\n", "")
    spoil("auth0/access.yaml", "  read:Devices: List the devices\n", "  read:Devices: x\n  read:Movies: z\n")
    assert json.dumps(load_project(checkout).access_model) == before


def test_an_operation_that_asks_for_an_undeclared_scope_is_refused_with_a_hint(checkout: Path, spoil: Spoil) -> None:
    spoil("functions/movies/openapi.yaml", "[{ auth0: [read:Movies] }]", "[{ auth0: [read:movie] }]")
    with pytest.raises(UserError) as raised:
        load_project(checkout)
    assert str(raised.value) == (
        'functions/movies/openapi.yaml: GET /movies asks for the scope "read:movie", '
        'which auth0/access.yaml does not declare; did you mean "read:Movies"?'
    )


def test_mistakes_in_both_kinds_of_file_are_reported_together(checkout: Path, spoil: Spoil) -> None:
    spoil("auth0/access.yaml", "audience:", "audeince:")
    spoil("functions/movies/openapi.yaml", "      security:", "      secuirty:")
    with pytest.raises(UserError) as raised:
        load_project(checkout)
    assert 'did you mean "audience"?' in str(raised.value)
    assert 'did you mean "security"?' in str(raised.value)
