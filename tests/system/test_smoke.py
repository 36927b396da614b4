"""`make smoke` on the running system: its checks, what it finds if something is wrong, and the tokens that it keeps."""

import json
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from scripts import deployed
from scripts.build.data_files import load_apis
from scripts.deployed import Deployed
from scripts.environments import LocalEnvironment
from scripts.errors import UserError
from scripts.local_stack.tenant import LocalTenant
from scripts.operate.smoke import addresses, checks, measure, tokens
from scripts.operate.smoke.addresses import Addresses
from tests.checkout import EXAMPLE
from tests.conftest import Stack
from tests.system.conftest import SignIn, succeeded, tenants_key

AUDIENCE = "https://StreamingResourceServer"


@pytest.fixture
def target(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    for name, value in stack.environment.items():
        if name.startswith("GATEHOUSE_"):
            monkeypatch.setenv(name, value)
    return deployed.find(LocalEnvironment())


@pytest.fixture
def found(target: Deployed) -> Iterator[Addresses]:
    addressed = addresses.find(LocalEnvironment(), target)
    yield addressed
    addressed.close()


def test_a_good_system_passes_every_check_and_the_next_run_is_compared_with_this_one(
    stack: Stack, sign_in: SignIn
) -> None:
    token = sign_in("amazon").access_token
    said = succeeded(stack.command("smoke", "local", "--repeat", "2", "--hostile", "11", TOKEN=token))
    for line in ("index", "security headers", "config.json", "deep link /movies", "unknown API"):
        assert f"ok      {line}" in said
    assert "ok      GET /movies with a good token: 200" in said
    assert "ok      GET /devices with a good token: 403" in said
    assert "hostile tokens that need no key: 401" in said
    assert "not tried: an expired token" in said
    assert token.split(".")[2] not in said
    kept = json.loads((stack.settings.directory / "smoke.json").read_text())
    assert all(result["problem"] is None and result["requests"] >= 2 for result in kept["results"])

    again = stack.command("smoke", "--repeat", "1", "--hostile", "0", GATEHOUSE_AUTH0_PORT="1")
    assert again.returncode == 1
    assert "FAILED  config.json" in again.stdout
    assert "names the tenant http://localhost:" in again.stdout
    assert "changed since the last run: config.json fails now" in again.stdout
    assert "not tried: a good token: access.yaml of this deployment has no machine client `smoke`" in again.stdout
    assert again.stderr.startswith("error: 1 of ")
    assert "`make smoke ENV=local` checks again." in again.stderr
    before = next(result["p50_ms"] for result in kept["results"] if result["name"] == "index")
    [index] = [line for line in again.stdout.splitlines() if line.startswith("ok      index")]
    assert index.split()[-1] == f"{before:.1f}"


def test_an_api_that_answers_without_the_required_origin_key_fails(
    found: Addresses,
) -> None:
    declared = replace(found, origin_key_required=True)
    routes = checks.routes(load_apis(EXAMPLE / "functions"))
    around = [check for check in checks.of_apis(declared, routes, "e30.e30.e30") if "own address: 403" in check.name]
    assert around
    assert {measure.run(check, 1, 0).problem for check in around} == {"answered 200 instead of 403"}


def test_an_answer_of_another_kind_than_the_declared_one_fails(found: Addresses, sign_in: SignIn) -> None:
    routes = checks.routes(load_apis(EXAMPLE / "functions"))
    token = sign_in("amazon").access_token
    upside_down = {"GET /movies": False, "GET /devices": True}
    said = [measure.run(check, 1, 0).problem for check in checks.with_token(found, routes, token, upside_down)]
    assert sorted(map(str, said)) == ["answered 200 instead of 403", "answered 403 instead of 200"]
    [refused] = [measure.run(check, 1, 0) for check in checks.with_expired(found, routes, "e30.e30.e30")]
    assert refused.problem is None


def test_the_distribution_is_found_by_its_name(target: Deployed) -> None:
    assert addresses.site_url(target).startswith("https://")
    with pytest.raises(UserError, match="has no distribution; apply it first"):
        addresses.site_url(replace(target, name="gatehouse-elsewhere"))


@pytest.fixture
def machine(stack: Stack, target: Deployed) -> Iterator[str]:
    """The client ID of a machine client that may call the API; it is removed afterwards."""
    tenant = LocalTenant(stack.settings)
    api, server = tenant.api, tenant.resource_server()
    kept = server["subject_type_authorization"]  # if access.yaml has no machine client, no client gets a token
    may_ask = {"subject_type_authorization": kept | {"client": {"policy": "require_client_grant"}}}
    api.send("PATCH", f"resource-servers/{server['id']}", body=may_ask)
    client = api.send(
        "POST",
        "clients",
        body={"name": "Smoke test", "app_type": "non_interactive", "grant_types": ["client_credentials"]},
    )
    grant = {"client_id": client["client_id"], "audience": AUDIENCE, "scope": ["read:Movies"]}
    api.send("POST", "client-grants", body=grant)
    yield client["client_id"]
    api.send("DELETE", f"clients/{client['client_id']}")
    api.send("PATCH", f"resource-servers/{server['id']}", body={"subject_type_authorization": kept})


def test_the_machine_clients_token_is_kept_for_its_owner_alone_and_sent_again_until_it_ends(
    stack: Stack, machine: str, tmp_path: Path
) -> None:
    file, clients = tmp_path / "tokens.json", {machine: tokens.CLIENT}

    def held(revoked: str = "") -> tokens.Tokens:
        return tokens.of_machine_client(LocalEnvironment(), clients, AUDIENCE, file, lambda token: token != revoked)

    def keep(**changed: int) -> str:
        kid, key = tenants_key(stack)
        token = jwt.encode(tokens.claims(first.good or "") | changed, key, "RS256", headers={"kid": kid})
        file.write_text(json.dumps([token]))
        return token

    first = held()
    assert first.good is not None
    assert (first.expired, first.missing) == (None, ("an expired token: none that has ended is kept yet",))
    assert tokens.claims(first.good)["sub"] == f"{machine}@clients"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert held() == first

    revoked = keep(iat=int(time.time()) - 3_600)
    assert held(revoked).good not in {None, revoked}, "one that the authorizer refuses, because its key is gone, say"

    ended = keep(exp=int(time.time()) - 60)
    renewed = held()
    assert tokens.claims(renewed.good or "")["exp"] > time.time()
    assert (renewed.expired, renewed.missing) == (ended, ())
    assert held() == renewed
