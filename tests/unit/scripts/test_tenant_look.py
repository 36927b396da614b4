"""Reading and restoring a tenant's look, in a real local tenant."""

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from scripts import tenant_look
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.management_api import ManagementApi
from tests.commands import run_module

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    aws, auth0, auth0_tls = free_ports(3)
    chosen = Settings(tmp_path_factory.mktemp("local"), aws_port=aws, auth0_port=auth0, auth0_tls_port=auth0_tls)
    service = definitions.auth0(chosen)
    services.ensure(service)
    yield chosen
    services.stop(service)


@pytest.fixture
def variables(settings: Settings) -> dict[str, str]:
    """The variables with which Terraform's provider reaches the tenant."""
    directory = settings.directory / "auth0"
    credentials = json.loads((directory / "management.json").read_text())
    return {
        "AUTH0_DOMAIN": f"localhost:{settings.auth0_tls_port}",
        "AUTH0_CLIENT_ID": credentials["client_id"],
        "AUTH0_CLIENT_SECRET": credentials["client_secret"],
        "SSL_CERT_FILE": str(directory / "ca.pem"),
    }


@pytest.fixture
def api(variables: dict[str, str]) -> Iterator[ManagementApi]:
    with ManagementApi(f"https://{variables['AUTH0_DOMAIN']}", variables) as management:
        yield management


def without_theme_id(look: dict[str, Any]) -> dict[str, Any]:
    theme = look["theme"] and {name: value for name, value in look["theme"].items() if name != "themeId"}
    return {**look, "theme": theme}


def restore(variables: dict[str, str], look: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Restore the look like Terraform's provisioner."""
    return run_module(
        "scripts.tenant_look", "restore", environment={**os.environ, **variables, "LOOK": json.dumps(look)}
    )


def test_a_look_that_terraform_changed_and_destroyed_comes_back(api: ManagementApi, variables: dict[str, str]) -> None:
    domain = api.send("POST", "custom-domains", body={"domain": "login.example.com", "type": "auth0_managed_certs"})
    api.send("POST", f"custom-domains/{domain['custom_domain_id']}/verify")
    template = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>"
    api.send("PUT", "branding/templates/universal-login", body={"template": template})
    api.send("PATCH", "branding", body={"logo_url": "https://theirs.example/logo.svg"})
    api.send("PATCH", "prompts", body={"universal_login_experience": "classic"})
    before = tenant_look.read(api)
    assert before["template"] == template
    assert before["login_experience"] == "classic"

    # The result of an apply and a destroy by the provider.
    api.send(
        "PATCH", "branding", body={"logo_url": "https://ours.example/logo.svg", "favicon_url": "https://ours.example/"}
    )
    api.send("DELETE", f"branding/themes/{before['theme']['themeId']}")
    api.send("DELETE", "branding/templates/universal-login")
    api.send("PATCH", "prompts", body={"universal_login_experience": "new"})
    api.send("PUT", "prompts/login/custom-text/en", body={})

    restored = restore(variables, before)
    assert restored.returncode == 0, restored.stderr
    assert without_theme_id(tenant_look.read(api)) == without_theme_id(before)
    assert restore(variables, before).returncode == 0
    assert without_theme_id(tenant_look.read(api)) == without_theme_id(before)


def test_a_tenant_without_a_theme_has_none_again(api: ManagementApi, variables: dict[str, str]) -> None:
    theme = api.get("branding/themes/default")
    api.send("DELETE", f"branding/themes/{theme['themeId']}")
    before = tenant_look.read(api)
    assert before["theme"] is None
    body = {name: value for name, value in theme.items() if name != "themeId"}
    api.send("POST", "branding/themes", body=body)
    assert restore(variables, before).returncode == 0
    assert tenant_look.read(api) == before
    api.send("POST", "branding/themes", body=body)  # the other test changes it


def test_without_a_look_nothing_is_asked_of_the_tenant(variables: dict[str, str]) -> None:
    answer = run_module("scripts.tenant_look", "restore", environment={**os.environ, **variables})
    assert (answer.returncode, answer.stderr) == (2, "error: LOOK holds no look; Terraform sets it on destroy.\n")
