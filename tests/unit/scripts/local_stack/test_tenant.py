"""The calls of `make up` to the local tenant, against a real one that has a machine client."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.build.data_files import load_access
from scripts.errors import UserError
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.local_stack.tenant import LocalTenant
from scripts.tools import ROOT
from tests.checkout import copy_auth0

pytestmark = pytest.mark.process

REPORT = "machine_clients: { report: { display_name: Nightly report, scopes: [read:Movies] } }\n"


@pytest.fixture(scope="module")
def access_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An access.yaml with a machine client, and the files that the tenant reads next to it."""
    return copy_auth0(tmp_path_factory.mktemp("project"), REPORT)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, access_file: Path) -> Iterator[Settings]:
    aws, auth0, auth0_tls = free_ports(3)
    directory = tmp_path_factory.mktemp("local")
    chosen = Settings(directory, aws_port=aws, auth0_port=auth0, auth0_tls_port=auth0_tls)
    service = definitions.auth0(chosen)
    own = str(ROOT / "auth0" / "access.yaml")
    service = dataclasses.replace(
        service, command=tuple(str(access_file) if part == own else part for part in service.command)
    )
    services.ensure(service)
    yield chosen
    services.stop(service)


def application(tenant: LocalTenant) -> dict[str, Any]:
    client: dict[str, Any] = tenant.api.get(f"clients/{tenant.client_id()}")
    return client


def test_a_machine_client_has_an_identifier_by_its_name_in_access_yaml(settings: Settings, access_file: Path) -> None:
    tenant = LocalTenant(settings)
    ids = tenant.machine_client_ids(load_access(access_file))
    assert list(ids) == ["report"]
    assert tenant.api.get(f"clients/{ids['report']}")["name"] == "Nightly report"


def test_each_way_changes_the_tenant_and_the_defaults_change_it_back(settings: Settings) -> None:
    legacy = dataclasses.replace(settings, login_flow="implicit", api_signing_algorithm="HS256")
    plain, old = LocalTenant(settings), LocalTenant(legacy)
    with pytest.raises(UserError, match="make up API_SIGNING_ALGORITHM=HS256"):
        plain.signing_secret()

    old.configure()
    assert application(old)["grant_types"] == ["implicit"]
    secret = old.signing_secret()
    assert len(secret) >= 32
    old.configure()
    assert old.signing_secret() == secret, "tokens of before must go on working"

    plain.configure()
    assert application(plain)["grant_types"] == ["authorization_code", "refresh_token"]
    assert plain.resource_server()["signing_alg"] == "RS256"
