"""`make secret` in a real local tenant: what it changes, what it keeps, and what it never shows."""

import dataclasses
import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from scripts.errors import OperationError, UserError
from scripts.management_api import ManagementApi
from scripts.management_scopes import terraform_scopes
from scripts.operate import secret
from scripts.operate.doctor.target import Target
from scripts.operate.provider_redirect import Site
from scripts.operate.smoke import checks
from tests.unit.local.tenant.conftest import CALLBACK, Tenant, running

pytestmark = pytest.mark.process

ACCESS: dict[str, Any] = {"connections": {"amazon": {}, "google-oauth2": {}, "github": {}}}
CLIENT_IDS = {"amazon": "ours at Amazon", "google-oauth2": "ours at Google", "github": "ours at GitHub"}


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running(tmp_path_factory.mktemp("tenant") / "state") as tenant:
        yield tenant


@pytest.fixture
def target(tenant: Tenant) -> Target:
    """The tenant as an environment's target, with the credentials of an application that may set secrets."""
    return target_of(tenant, *secret.SCOPES)


def target_of(tenant: Tenant, *scopes: str) -> Target:
    app = tenant.create_machine(f"{tenant.https}/api/v2/", scopes)
    shell = {"AUTH0_CLIENT_ID": app["client_id"], "AUTH0_CLIENT_SECRET": app["client_secret"]}
    found = Target("prod", tenant.issuer, "123456789012", "eu-west-1", "RS256", tenant.http, shell, ACCESS, 0)
    return dataclasses.replace(found, connection_client_ids=CLIENT_IDS)


def options(tenant: Tenant, name: str) -> dict[str, Any]:
    [found] = [row for row in tenant.management("GET", "/connections").json() if row["name"] == name]
    return dict(found["options"])


def give(tenant: Tenant, name: str, wanted: Mapping[str, Any]) -> None:
    [found] = [row for row in tenant.management("GET", "/connections").json() if row["name"] == name]
    assert tenant.management("PATCH", f"/connections/{found['id']}", {"options": wanted}).status_code == 200


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that puts a text on standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_connection_gets_its_keys_and_keeps_everything_else_and_nobody_sees_the_secret(
    tenant: Tenant, target: Target, typed: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    before = {"profile": True, "set_user_root_attributes": "on_first_login", "upstream_params": {"a": {"value": "b"}}}
    give(tenant, "amazon", before)

    secret.set_keys(target, "amazon", dry_run=True)
    assert options(tenant, "amazon") == before
    for text in ("the first", "the second\n", "the second"):
        typed(text)
        secret.set_keys(target, "amazon", confirmed="prod")
        keys = {"client_id": "ours at Amazon", "client_secret": text.strip()}
        assert options(tenant, "amazon") == {**before, **keys}

    said = "".join(capfd.readouterr())
    assert "the first" not in said
    assert "the second" not in said
    assert "client id: ours at Amazon, instead of Auth0's development keys" in said
    assert "everything else stays: profile, set_user_root_attributes, upstream_params" in said
    assert "amazon has this client id and this secret already; nothing was changed" in said


def test_google_is_asked_for_the_profile_unless_the_connection_asks_for_something(
    tenant: Tenant, target: Target, typed: Any
) -> None:
    typed("a secret")
    secret.set_keys(target, "google-oauth2", confirmed="prod")
    found = options(tenant, "google-oauth2")
    assert (found["email"], found["profile"], found["scope"]) == (True, True, ["email", "profile"])

    before = {"email": True, "non_persistent_attrs": ["gender"]}
    give(tenant, "google-oauth2", before)
    typed("a secret")
    secret.set_keys(target, "google-oauth2", confirmed="prod")
    keys = {"client_id": "ours at Google", "client_secret": "a secret"}
    assert options(tenant, "google-oauth2") == {**before, **keys, "scope": ["email"]}


@pytest.mark.parametrize("text", ["", "\n", "two\nlines"])
def test_a_secret_is_one_line(tenant: Tenant, target: Target, typed: Any, text: str) -> None:
    before = options(tenant, "amazon")
    typed(text)
    with pytest.raises(UserError, match="give the client secret of amazon, one line"):
        secret.set_keys(target, "amazon", confirmed="prod")
    assert options(tenant, "amazon") == before


def test_nothing_is_set_without_a_yes(tenant: Tenant, target: Target, typed: Any) -> None:
    before = options(tenant, "amazon")
    typed("another secret")
    with pytest.raises(UserError, match=r"nothing was done: to set the keys of amazon, .* CONFIRM=prod"):
        secret.set_keys(target, "amazon")
    assert options(tenant, "amazon") == before


@pytest.mark.parametrize(
    ("name", "declared", "sentence"),
    [
        ("", CLIENT_IDS, "NAME=<one of amazon, github, google-oauth2>"),
        ("twitter", CLIENT_IDS, "NAME=<one of amazon, github, google-oauth2>"),
        ("amazon", {}, r"prod\.tfvars has no client id of amazon: .* connection_client_ids = \{ amazon = "),
        ("github", CLIENT_IDS, "the tenant has no connection github yet"),
    ],
)
def test_a_connection_that_cannot_be_set_is_a_sentence(
    target: Target, name: str, declared: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        secret.set_keys(dataclasses.replace(target, connection_client_ids=declared), name, confirmed="prod")


def test_the_application_of_terraform_is_refused_with_the_scopes_that_it_must_not_get(tenant: Tenant) -> None:
    terraform = target_of(tenant, *terraform_scopes(manages_look=False))
    with pytest.raises(UserError, match=r"lacks read:connections_options, update:connections_options: load those of"):
        secret.set_keys(terraform, "amazon", confirmed="prod")


def test_options_that_the_tenant_does_not_show_are_never_written_over(
    tenant: Tenant, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = options(tenant, "amazon")
    monkeypatch.setattr(ManagementApi, "rows", lambda *_, **__: [{"name": "amazon", "id": "con_1"}])
    with pytest.raises(OperationError, match="grant read:connections_options"):
        secret.set_keys(target, "amazon", confirmed="prod")
    assert options(tenant, "amazon") == before


def test_smoke_compares_the_client_id_that_every_visitor_sees(tenant: Tenant, target: Target, typed: Any) -> None:
    typed("a secret")
    secret.set_keys(target, "amazon", confirmed="prod")
    give(tenant, "google-oauth2", {"client_id": "ours at Google", "client_secret": "another secret"})
    site = Site(tenant.create_client()["client_id"], CALLBACK, uses_code=True)
    with ManagementApi(tenant.http, {}) as visitor:
        found = {
            check.name: check.problem(check.send())
            for check in checks.of_connections({"amazon": "ours at Amazon", "google-oauth2": "another"}, visitor, site)
        }
    assert found == {
        "sign-in by amazon: the declared client id": None,
        "sign-in by google-oauth2: the declared client id": "the client id is ours at Google, not that of "
        "connection_client_ids; set yours with `make secret NAME=google-oauth2`",
    }
    implicit = tenant.create_client(grant_types=["implicit"])
    with ManagementApi(tenant.http, {}) as visitor:
        legacy = Site(implicit["client_id"], CALLBACK, uses_code=False)
        [check] = checks.of_connections({"amazon": "ours at Amazon"}, visitor, legacy)
        assert check.problem(check.send()) is None
