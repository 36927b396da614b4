"""The running system while its tenant fails or rotates its keys: what works, what is refused, and how it recovers."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from scripts.local_stack.tenant import LocalTenant
from scripts.operate.rotate_keys.signing_key import read_keys
from tests.conftest import Stack
from tests.system.conftest import (
    Tokens,
    bearer,
    devices,
    sign,
    sign_in_afresh,
    signing_in,
    succeeded,
    tenants_key,
    traffic,
)
from tests.tls import CERTIFICATE_AUTHORITIES

JWKS = "/.well-known/jwks.json"
BROKEN = [
    {"path": JWKS, "status": 500},
    {"path": JWKS, "body": "<html>"},
    {"path": JWKS, "body": '{"keys": []}'},
    {"path": JWKS, "cut": True},
    {"path": JWKS, "delay_seconds": 60},
]
TOKEN_SECONDS = 20  # the lifetime of a token while the key rotates; a slow machine needs time to use one
COOLDOWN_SECONDS = 30  # of the authorizer, between two downloads


@pytest.fixture(scope="module", autouse=True)
def the_new_keys_are_deployed_at_the_end(stack: Stack) -> Iterator[None]:
    """A test here rotates the tenant's key; the tests of other files plan against the deployed keys."""
    yield
    succeeded(stack.command("up"))


@pytest.fixture
def tenant(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=stack.settings.issuer, timeout=30, trust_env=False, verify=CERTIFICATE_AUTHORITIES
    ) as client:
        yield client
        client.delete("/_faults").raise_for_status()


def ask(tenant: httpx.Client, **faults: Any) -> None:
    tenant.put("/_faults", json=faults).raise_for_status()


def movies(stack: Stack, tokens: Tokens) -> int:
    with stack.http() as http:
        return http.get("/api/movies", headers=tokens.bearer).status_code


@pytest.mark.parametrize("answer", BROKEN, ids=["500", "garbage", "no keys", "cut", "slow"])
def test_a_known_key_needs_no_tenant(stack: Stack, tenant: httpx.Client, answer: dict[str, Any]) -> None:
    ask(tenant, answers=[answer])
    assert movies(stack, sign_in_afresh(stack, "amazon")) == 200


@pytest.mark.parametrize(
    "fault",
    ["expired", "not_yet_valid", "bad_signature", "algorithm_none", "wrong_audience", "wrong_issuer", "wrong_type"],
)
def test_a_wrong_token_of_the_tenant_opens_nothing(stack: Stack, tenant: httpx.Client, fault: str) -> None:
    ask(tenant, access_token=fault)
    assert movies(stack, sign_in_afresh(stack, "amazon")) == 401


def test_a_tenant_whose_clock_is_an_hour_off_is_refused(stack: Stack, tenant: httpx.Client) -> None:
    for skew in (-7200, 7200):
        ask(tenant, clock_skew_seconds=skew)
        assert movies(stack, sign_in_afresh(stack, "amazon")) == 401


@pytest.mark.long
def test_a_rotation_of_the_signing_key_refuses_nobody_and_ends_trust_in_the_old_one(stack: Stack) -> None:
    api, server = LocalTenant(stack.settings).api, LocalTenant(stack.settings).resource_server()
    names = ("token_lifetime", "token_lifetime_for_web")
    api.send("PATCH", f"resource-servers/{server['id']}", body=dict.fromkeys(names, TOKEN_SECONDS))
    with_old_key = bearer(sign(stack))
    dry = succeeded(stack.command("rotate-keys", "local", DRY="1"))
    kid = tenants_key(stack)[0]
    assert f"{kid} is revoked at" in dry
    assert devices(stack, with_old_key) == 200
    try:
        with traffic(signing_in(stack, TOKEN_SECONDS / 2)) as seen:
            said = succeeded(stack.command("rotate-keys", "local", CONFIRM="local"))
    finally:
        again = LocalTenant(stack.settings).api  # the token of `api` was signed with the revoked key
        again.send("PATCH", f"resource-servers/{server['id']}", body={name: server[name] for name in names})

    assert set(seen) == {200}
    assert "Waiting until every token of the previous key has expired" in said
    assert tenants_key(stack)[0] != kid
    assert [devices(stack, with_old_key) for _ in range(3)] == [401, 401, 401]
    assert kid not in httpx.get(f"{stack.settings.issuer}{JWKS[1:]}", verify=CERTIFICATE_AUTHORITIES).text
    succeeded(stack.command("revoke", KID=kid, UNDO="1"))


@pytest.mark.long
def test_a_new_key_opens_once_the_tenant_publishes_it_again(stack: Stack, tenant: httpx.Client) -> None:
    ask(tenant, answers=[{"path": JWKS, "body": "<html>"}])
    for _ in range(2):  # the next key was deployed, the one after it was not
        tenant.post("/_faults/rotate-keys").raise_for_status()
    tokens = sign_in_afresh(stack, "amazon")
    kid = jwt.get_unverified_header(tokens.access_token)["kid"]
    assert movies(stack, tokens) == 401
    tenant.delete("/_faults").raise_for_status()
    assert kid in [key["kid"] for key in tenant.get(JWKS).json()["keys"]]
    end = time.monotonic() + 2 * COOLDOWN_SECONDS
    while (status := movies(stack, sign_in_afresh(stack, "amazon"))) != 200 and time.monotonic() < end:
        time.sleep(2)
    assert status == 200
    api = LocalTenant(stack.settings).api
    for key in read_keys(api).previous:  # so that the next rotation starts afresh, in any order of the tests
        api.send("PUT", f"keys/signing/{key}/revoke")
