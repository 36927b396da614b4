"""The local tenant starts as terraform/modules/auth0 would declare it: compare each setting with the module."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.tenant import seed
from local.tenant.access import Access, load
from scripts import hcl, tenant_api
from scripts.build.data_files import load_access
from scripts.tools import ROOT
from tests.checkout import copy_auth0

MODULE = ROOT / "terraform" / "modules" / "auth0"


# The module sets these by an expression.
CONDITIONAL = {"grant_types", "skip_non_verifiable_callback_uri_confirmation_prompt"}


def declared(file: str, kind: str) -> dict[str, Any]:
    """Return the one resource of a kind in a file of the module."""
    (by_name,) = (resources[kind] for resources in hcl.read(MODULE / file)["resource"] if kind in resources)
    (resource,) = by_name.values()
    settings: dict[str, Any] = plain(resource)
    return settings


def plain(value: Any) -> Any:
    """Return a block that occurs once without its list."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        return plain(value[0])
    return value


def test_the_api_is_set_as_the_module_declares_it() -> None:
    assert (
        tenant_api.declared(load_access(ROOT / "auth0" / "access.yaml"), "RS256").items() >= seed._API_SETTINGS.items()
    )


@pytest.mark.parametrize("name", sorted(seed._APPLICATION_SETTINGS.keys() - CONDITIONAL))
def test_the_application_is_set_as_the_module_declares_it(name: str) -> None:
    assert seed._APPLICATION_SETTINGS[name] == declared("client.tf", "auth0_client")[name]


def test_the_application_has_the_grants_that_the_module_gives_without_the_opt_in() -> None:
    expression = declared("client.tf", "auth0_client")["grant_types"]
    for grant in seed._APPLICATION_SETTINGS["grant_types"]:
        assert f'"{grant}"' in expression


def test_the_application_is_called_as_the_module_calls_it_where_it_is_no_preview() -> None:
    expression = declared("client.tf", "auth0_client")["name"]
    assert expression == f'${{join(" ", compact(["{seed.APPLICATION}", var.preview]))}}'


def test_roles_limit_the_api_where_access_yaml_says_so() -> None:
    document = load_access(ROOT / "auth0" / "access.yaml")
    for enforced in (True, False):
        api = tenant_api.declared({**document, "role_based_access_control": enforced}, "RS256")
        assert api.items() >= seed._roles_settings(access(enforced)).items()


def access(role_based_access_control: bool) -> Access:
    """Return the content of auth0/ with this one fact changed."""
    document = load(ROOT / "auth0/access.yaml", ROOT / "auth0/actions/grant_scopes.js")
    return dataclasses.replace(document, role_based_access_control=role_based_access_control)


def start_with(run_tenant: Any, folder: Path, addition: str) -> Any:
    """Run a tenant on a copy of auth0/ with more lines in access.yaml; its state stays from one start to the next."""
    return run_tenant(folder / "state", access=str(copy_auth0(folder, addition)))


def test_machine_clients_come_and_go_with_access_yaml(run_tenant: Any, tmp_path: Path) -> None:
    addition = "machine_clients:\n  robot: { display_name: Robot, scopes: [read:Movies] }\n"
    with start_with(run_tenant, tmp_path, addition + "role_based_access_control: true\n") as tenant:
        (robot,) = [row for row in tenant.management("GET", "/clients").json() if row["name"] == "Robot"]
        assert (robot["app_type"], robot["grant_types"]) == ("non_interactive", ["client_credentials"])
        assert "seeded" not in robot
        form = {"grant_type": "client_credentials", "audience": "https://StreamingResourceServer"}
        credentials = {name: robot[name] for name in ("client_id", "client_secret")}
        with tenant.client() as client:
            assert client.post("/oauth/token", data={**form, **credentials}).json()["scope"] == "read:Movies"
        api = tenant.management("GET", "/resource-servers/https:%2F%2FStreamingResourceServer").json()
        assert (api["enforce_policies"], api["token_dialect"]) == (True, "access_token_authz")
    with start_with(run_tenant, tmp_path, "") as tenant:
        assert "Robot" not in [row["name"] for row in tenant.management("GET", "/clients").json()]
        api = tenant.management("GET", "/resource-servers/https:%2F%2FStreamingResourceServer").json()
        assert (api["enforce_policies"], api["token_dialect"]) == (False, "access_token")


def test_the_look_is_stored_as_terraform_would_send_it(run_tenant: Any, tmp_path: Path) -> None:
    look = yaml.safe_load((ROOT / "auth0/branding.yaml").read_text())
    with run_tenant(tmp_path / "state") as tenant:
        theme = tenant.management("GET", "/branding/themes/default").json()
        for part, wanted in look["theme"].items():
            assert theme[part].items() >= wanted.items()
        assert tenant.management("GET", "/prompts/login/custom-text/en").json() == {"login": look["texts"]}
        colours = tenant.management("GET", "/branding").json()["colors"]
        assert colours["page_background"] == look["theme"]["page_background"]["background_color"]
