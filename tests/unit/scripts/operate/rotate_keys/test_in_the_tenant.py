"""The key of an application, rotated in a real local tenant."""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from scripts.environments import LocalEnvironment
from scripts.management_api import ManagementApi, ManagementError
from scripts.operate.doctor.target import Target
from scripts.operate.rotate_keys import client_key
from scripts.operate.rotate_keys.rotation import Rotation
from tests.unit.local.tenant.conftest import Tenant, key_pair, running

pytestmark = pytest.mark.process

KEY = "AUTH0_CLIENT_ASSERTION_PRIVATE_KEY"


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running(tmp_path_factory.mktemp("tenant") / "state") as tenant:
        yield tenant


def rotation(
    tenant: Tenant, credentials: Mapping[str, str], shell: Mapping[str, str] | None = None, *, dry_run: bool = False
) -> Rotation:
    target = Target("local", tenant.issuer, None, "us-east-1", "RS256", tenant.http, credentials, {}, 0)
    return Rotation(LocalEnvironment(), target, dry_run, "local", shell or {})


@pytest.fixture
def application(tenant: Tenant) -> dict[str, str]:
    """The credentials of an application that authenticates with a key, and the token of a user who may rotate it."""
    private, public = key_pair()
    client = tenant.create_client(
        app_type="non_interactive",
        grant_types=["client_credentials"],
        token_endpoint_auth_method="client_secret_post",
    )
    body = {"credential_type": "public_key", "name": "the first", "pem": public, "alg": "RS256"}
    made = tenant.management("POST", f"/clients/{client['client_id']}/credentials", body).json()
    methods = {"private_key_jwt": {"credentials": [{"id": made["id"]}]}}
    change = {"client_authentication_methods": methods, "token_endpoint_auth_method": None}
    changed = tenant.management("PATCH", f"/clients/{client['client_id']}", change)
    assert changed.status_code == 200, changed.text
    tenant.grant(client, f"{tenant.https}/api/v2/", ["read:clients"])
    tenant.management("GET", "/clients")  # so that a token exists
    return {
        "AUTH0_CLIENT_ID": client["client_id"],
        KEY: private,
        "AUTH0_CLIENT_ASSERTION_SIGNING_ALG": "RS256",
        "AUTH0_API_TOKEN": tenant._token,
    }


def is_good(tenant: Tenant, credentials: Mapping[str, str]) -> bool:
    proof = {name: value for name, value in credentials.items() if name != "AUTH0_API_TOKEN"}
    try:
        with ManagementApi(tenant.http, proof) as api:
            return bool(api.scopes)
    except ManagementError:
        return False


def test_an_applications_key_is_replaced_in_two_runs_and_one_is_good_at_any_time(
    tenant: Tenant, application: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "new.pem"
    client_key.rotate(rotation(tenant, application, {"NEW_KEY": str(file)}, dry_run=True))
    assert not file.exists()
    for _ in range(2):  # the second run finds nothing left to do
        client_key.rotate(rotation(tenant, application, {"NEW_KEY": str(file)}))
        assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
        with_new_key = {**application, KEY: file.read_text()}
        assert [is_good(tenant, each) for each in (application, with_new_key)] == [True, True]

    client_key.rotate(rotation(tenant, with_new_key))

    assert [is_good(tenant, each) for each in (application, with_new_key)] == [False, True]
    listed = tenant.management("GET", f"/clients/{application['AUTH0_CLIENT_ID']}/credentials").json()
    assert len(listed) == 1


def test_a_key_that_the_application_does_not_name_yet_is_taken_up_by_the_next_run(
    tenant: Tenant, application: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new.pem"
    with monkeypatch.context() as killed:
        killed.setattr(client_key, "_write_names", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            client_key.rotate(rotation(tenant, application, {"NEW_KEY": str(file)}))
    client_key.rotate(rotation(tenant, application, {"NEW_KEY": str(file)}))
    assert is_good(tenant, {**application, KEY: file.read_text()})
