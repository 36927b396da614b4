"""`make secret NAME=api` in a real local tenant and an emulated parameter store."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from scripts import signing_secret, tenant_api
from scripts.errors import UserError
from scripts.management_api import ManagementApi
from scripts.management_scopes import terraform_scopes
from scripts.operate import secret_of_api
from scripts.operate.doctor.target import Target
from scripts.signing_secret import Parameter
from tests.unit.local.aws.conftest import LocalAws
from tests.unit.local.tenant.conftest import Tenant, running

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running(tmp_path_factory.mktemp("tenant") / "state") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def shell(tenant: Tenant) -> dict[str, str]:
    """The credentials of Terraform's application."""
    return credentials(tenant, *terraform_scopes(manages_look=False))


def credentials(tenant: Tenant, *scopes: str) -> dict[str, str]:
    app = tenant.create_machine(f"{tenant.https}/api/v2/", scopes)
    return {"AUTH0_CLIENT_ID": app["client_id"], "AUTH0_CLIENT_SECRET": app["client_secret"]}


@pytest.fixture
def target(tenant: Tenant, shell: dict[str, str]) -> Target:
    """An environment with HS256 and an audience of its own."""
    access = {
        "audience": f"https://api.example/{uuid.uuid4().hex[:8]}",
        "machine_clients": {},
        "role_based_access_control": False,
    }
    return Target("prod", tenant.issuer, "123456789012", "eu-west-1", "HS256", tenant.http, shell, access, 0)


@pytest.fixture
def parameter(aws: LocalAws) -> Parameter:
    return Parameter(aws.client("ssm"), f"gatehouse-{uuid.uuid4().hex[:8]}")


def api_of(target: Target) -> dict[str, Any] | None:
    with ManagementApi(target.tenant_url, target.shell) as api:
        return tenant_api.find(api, target.access["audience"])


def has(target: Target, **settings: object) -> str:
    """Let the tenant have the API, with settings of its own; return its id."""
    with ManagementApi(target.tenant_url, target.shell) as api:
        body = {**tenant_api.declared(target.access, "HS256"), **settings}
        return str(api.send("POST", "resource-servers", body=body)["id"])


def test_the_api_is_made_as_declared_with_a_secret_that_only_tenant_and_parameter_know(
    target: Target, parameter: Parameter, capfd: pytest.CaptureFixture[str]
) -> None:
    secret_of_api.set_up(target, parameter, dry_run=True)
    with pytest.raises(UserError, match=r"nothing was done: to make the API, .* CONFIRM=prod"):
        secret_of_api.set_up(target, parameter)
    assert (api_of(target), parameter.exists()) == (None, False)

    secret_of_api.set_up(target, parameter, confirmed="prod")
    made = api_of(target)
    assert made is not None
    [secret] = parameter.read()[0]
    assert tenant_api.differences(made, tenant_api.declared(target.access, "HS256")) == {}
    assert "scopes" not in made, "Terraform could not create its scopes over others"
    assert made["signing_secret"] == secret
    assert signing_secret.problem(secret) is None

    secret_of_api.set_up(target, parameter)  # a second time there is nothing to do, and nobody is asked
    assert (api_of(target), parameter.read()[0]) == (made, [secret])
    said = "".join(capfd.readouterr())
    assert secret not in said
    assert f"{parameter.name} has the secret already" in said


def test_an_interrupted_run_goes_on_with_the_secret_that_it_stored(target: Target, parameter: Parameter) -> None:
    parameter.write([secret := signing_secret.make()])
    secret_of_api.set_up(target, parameter, confirmed="prod")
    made = api_of(target)
    assert made is not None
    assert made["signing_secret"] == secret


def test_an_api_that_exists_keeps_its_id_and_secret_and_gets_the_declared_settings_after_asking(
    target: Target, parameter: Parameter, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = signing_secret.make()
    identifier = has(target, signing_secret=secret, token_lifetime=7200, token_lifetime_for_web=7200)
    with pytest.raises(UserError, match="to change the API"):
        secret_of_api.set_up(target, parameter)
    secret_of_api.set_up(target, parameter, confirmed="prod")
    found = api_of(target)
    assert found is not None
    assert (found["id"], found["signing_secret"], found["token_lifetime"]) == (identifier, secret, 3600)
    assert parameter.read()[0] == [secret]
    assert "token_lifetime: 3600, in place of 7200" in capfd.readouterr().out


@pytest.mark.parametrize("lines", [["{0}", "the new one, which counts too"], ["the new one, which counts too", "{0}"]])
def test_a_rotation_that_is_under_way_stays_as_it_is(target: Target, parameter: Parameter, lines: list[str]) -> None:
    has(target, signing_secret=(secret := signing_secret.make()))
    parameter.write(stored := [line.format(secret) for line in lines])
    secret_of_api.set_up(target, parameter)
    assert parameter.read()[0] == stored


def test_a_parameter_with_another_secret_than_the_tenants_gets_the_tenants(
    target: Target, parameter: Parameter, capfd: pytest.CaptureFixture[str]
) -> None:
    has(target, signing_secret=(secret := signing_secret.make()))
    parameter.write([signing_secret.make()])
    secret_of_api.set_up(target, parameter, confirmed="prod")
    assert parameter.read()[0] == [secret]
    assert "with which the authorizer refuses every token" in capfd.readouterr().out


def test_a_secret_that_can_be_guessed_is_not_stored(target: Target, parameter: Parameter) -> None:
    has(target, signing_secret="changeme" * 4)
    with pytest.raises(UserError, match=r"the API's secret can be guessed.*openssl rand -base64 48"):
        secret_of_api.set_up(target, parameter, confirmed="prod")
    assert not parameter.exists()


def test_an_api_with_rs256_changes_over_after_a_warning(
    target: Target, parameter: Parameter, capfd: pytest.CaptureFixture[str]
) -> None:
    identifier = has(target, signing_alg="RS256")
    secret_of_api.set_up(target, parameter, confirmed="prod")
    found = api_of(target)
    assert found is not None
    assert (found["id"], found["signing_alg"]) == (identifier, "HS256")
    assert parameter.read()[0] == [found["signing_secret"]]
    assert "refuse its new tokens until `make apply`" in capfd.readouterr().out


def test_what_cannot_be_done_is_a_sentence(tenant: Tenant, target: Target, parameter: Parameter) -> None:
    with pytest.raises(UserError, match="prod uses RS256, which needs no secret"):
        secret_of_api.set_up(dataclasses.replace(target, api_signing_algorithm="RS256"), parameter)
    reader = dataclasses.replace(target, shell=credentials(tenant, "read:resource_servers"))
    with pytest.raises(UserError, match="lacks create:resource_servers, update:resource_servers: load those of"):
        secret_of_api.set_up(reader, parameter, confirmed="prod")


def test_a_parameter_can_be_deleted_once(parameter: Parameter) -> None:
    parameter.write(["a secret"])
    assert [parameter.delete(), parameter.delete()] == [True, False]
    assert parameter.read() == ([], 0)
