"""The local tenant begins as terraform/modules/auth0 would declare it: here each setting is held against the module."""

from pathlib import Path
from typing import Any

import hcl2
import pytest

from local_tenant import seed

MODULE = Path(__file__).resolve().parents[3] / "terraform" / "modules" / "auth0"


def declared(file: str, kind: str) -> dict[str, Any]:
    """Return the one resource of a kind in a file of the module."""
    with (MODULE / file).open(encoding="utf-8") as text:
        resources = [body for block in hcl2.load(text)["resource"] for name, body in block.items() if kind in name]
    (by_name,) = resources
    (resource,) = by_name.values()
    settings: dict[str, Any] = plain(resource)
    return settings


def plain(value: Any) -> Any:
    """Take the quotes off strings, and a block that stands once out of its list."""
    if isinstance(value, dict):
        return {name.strip('"'): plain(member) for name, member in value.items() if name != "__is_block__"}
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return plain(value[0])
    return value.strip('"') if isinstance(value, str) else value


def expected(declaration: dict[str, Any], name: str) -> Any:
    """Return a declared setting, with a variable's default in its place where it is one."""
    value = declaration[name]
    return "RS256" if value == "${var.signing_algorithm}" else value


@pytest.mark.parametrize("name", seed._API_SETTINGS)
def test_the_api_is_set_as_the_module_declares_it(name: str) -> None:
    assert seed._API_SETTINGS[name] == expected(declared("api.tf", 'auth0_resource_server"'), name)


@pytest.mark.parametrize("name", sorted(seed._APPLICATION_SETTINGS.keys() - {"grant_types"}))
def test_the_application_is_set_as_the_module_declares_it(name: str) -> None:
    assert seed._APPLICATION_SETTINGS[name] == declared("client.tf", 'auth0_client"')[name]


def test_the_application_has_the_grants_that_the_module_gives_without_the_opt_in() -> None:
    expression = declared("client.tf", 'auth0_client"')["grant_types"]
    for grant in seed._APPLICATION_SETTINGS["grant_types"]:
        assert f'"{grant}"' in expression


def test_the_application_is_called_as_the_module_calls_it() -> None:
    assert declared("client.tf", 'auth0_client"')["name"] == seed.APPLICATION
