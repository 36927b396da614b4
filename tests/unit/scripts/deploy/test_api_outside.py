"""The checks before a plan, with a real local tenant and an emulated parameter store."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts import environments, tenant_api
from scripts.build.data_files import load_access
from scripts.deploy.api_outside import require_fitting, undeclared_with_hs256
from scripts.environments import CloudEnvironment
from scripts.errors import UserError
from scripts.signing_secret import Parameter
from scripts.tools import ROOT
from tests.unit.local.aws.conftest import LocalAws
from tests.unit.local.tenant.conftest import Tenant, running

pytestmark = pytest.mark.process

API = "module.auth0.auth0_resource_server.apis"
PARAMETER = "module.stack.aws_ssm_parameter.signing_secret[0]"
OTHERS = ["module.auth0.auth0_resource_server_scopes.apis", "module.stack.aws_ssm_parameter.releases"]
ACCESS = load_access(ROOT / "auth0" / "access.yaml")


@dataclass
class State:
    """A root of which only the addresses in the state count; test_forget has a real one."""

    found: list[str]

    def addresses(self) -> list[str]:
        return self.found


def state(*found: str) -> Any:
    return State([*OTHERS, *found])


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running(tmp_path_factory.mktemp("tenant") / "state", "--empty") as tenant:
        yield tenant


@pytest.fixture
def dev(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what writes dev.tfvars with an algorithm and further lines, and returns the environment."""
    app = tenant.create_machine(f"{tenant.https}/api/v2/", ["read:resource_servers"])
    monkeypatch.setenv("AUTH0_DOMAIN", tenant.https.removeprefix("https://"))
    monkeypatch.setenv("AUTH0_CLIENT_ID", app["client_id"])
    monkeypatch.setenv("AUTH0_CLIENT_SECRET", app["client_secret"])
    monkeypatch.setenv("SSL_CERT_FILE", str(tenant.directory / "ca.pem"))
    monkeypatch.setattr(environments, "_SETTINGS", tmp_path)

    def write(algorithm: str, more: str = "") -> CloudEnvironment:
        (tmp_path / "dev.tfvars").write_text(f'tokens = {{ signing_algorithm = "{algorithm}" }}\n{more}')
        return CloudEnvironment("dev")

    return write


@pytest.fixture
def parameter(aws: LocalAws) -> Parameter:
    return Parameter(aws.client("ssm"), f"gatehouse-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def api(tenant: Tenant) -> Iterator[Any]:
    """Return what makes the tenant's API with an algorithm, and returns its id; it is deleted after the test."""
    made: list[str] = []

    def make(algorithm: str) -> str:
        answer = tenant.management("POST", "/resource-servers", tenant_api.declared(ACCESS, algorithm))
        made.append(str(answer.json()["id"]))
        return made[-1]

    yield make
    for identifier in made:
        tenant.management("DELETE", f"/resource-servers/{identifier}")


@pytest.mark.parametrize("managed", [[API], [f"{API}[0]"], [PARAMETER], [API, PARAMETER]])
def test_with_hs256_no_plan_deletes_the_api_or_its_secret(dev: Any, parameter: Parameter, managed: list[str]) -> None:
    assert undeclared_with_hs256(state(*managed)) == managed
    with pytest.raises(UserError, match=r"the plan would delete .* Run `make forget ENV=dev NAME=api`"):
        require_fitting(dev("HS256"), state(*managed), parameter)


def test_with_hs256_the_api_and_the_parameter_come_first(dev: Any, parameter: Parameter, api: Any) -> None:
    environment, first = dev("HS256"), r"Run `make secret ENV=dev NAME=api` first"
    with pytest.raises(UserError, match=rf"the tenant has no API {ACCESS['audience']}\. {first}"):
        require_fitting(environment, state(), parameter)
    api("HS256")
    with pytest.raises(UserError, match=rf"there is no parameter {parameter.name}, .*\. {first}"):
        require_fitting(environment, state(), parameter)
    parameter.write(["a secret"])
    require_fitting(environment, state(), parameter)


def test_with_hs256_an_api_with_another_algorithm_is_refused(dev: Any, parameter: Parameter, api: Any) -> None:
    api("RS256")
    parameter.write(["a secret"])
    with pytest.raises(UserError, match=r"signs the tokens of .* with RS256, and dev uses HS256\. Run `make secret"):
        require_fitting(dev("HS256"), state(), parameter)


def test_with_rs256_an_api_that_the_tenant_has_is_taken_over_or_recovered(
    dev: Any, parameter: Parameter, api: Any
) -> None:
    require_fitting(dev("RS256"), state(), parameter)  # a first plan
    identifier = api("HS256")
    with pytest.raises(UserError, match=rf"ENV=dev`; else write existing_api_id = \"{identifier}\" into dev\.tfvars"):
        require_fitting(dev("RS256"), state(), parameter)
    require_fitting(dev("RS256", f'existing_api_id = "{identifier}"\n'), state(), parameter)
    require_fitting(dev("RS256"), state(f"{API}[0]"), parameter)
