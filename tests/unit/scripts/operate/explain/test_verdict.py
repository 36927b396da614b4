"""The explanation agrees with the authorizer's decision, because it runs the authorizer's own code."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from authorizer.subjects import subject_hasher
from scripts.errors import OperationError
from scripts.operate.explain.deployed_access_model import DeployedAccessModel
from scripts.operate.explain.report import report
from scripts.operate.explain.unverified import read
from scripts.operate.explain.verdict import Verdict, decide
from tests.unit.scripts.operate.explain.conftest import ACCESS_MODEL, ACCESS_MODEL_TEXT, Sign

type Settings = Mapping[str, str]


def routes(verdict: Verdict) -> dict[str, tuple[bool, str]]:
    return {route.name: (route.is_allowed, route.why) for route in verdict.routes}


def explain(settings: Settings, token: str) -> str:
    found = read(token)
    access_model = DeployedAccessModel(settings, ACCESS_MODEL_TEXT, "a test's authorizer", ())
    return "\n".join(report(found, access_model, decide(settings, ACCESS_MODEL_TEXT, found), time.time()))


def test_a_good_token_opens_what_it_claims_and_its_connection_grants(settings: Settings, sign: Sign) -> None:
    verdict = decide(settings, ACCESS_MODEL_TEXT, read(sign()))
    assert (verdict.decision, verdict.reason, verdict.revoked) == ("allow", "granted_in_part", None)
    assert verdict.subject_hash == subject_hasher(settings["SUBJECT_HASH_KEY"])("google-oauth2|1234")
    assert routes(verdict)["GET /devices"] == (True, "has read:Devices")


def test_a_closed_route_says_what_is_missing_and_who_does_not_give_it(settings: Settings, sign: Sign) -> None:
    wanted = "needs read:Devices and read:Everything or read:Movies: "
    claims_more = decide(settings, ACCESS_MODEL_TEXT, read(sign(scope="read:Devices read:Movies")))
    assert routes(claims_more)["GET /movies/{id}"] == (
        False,
        wanted + "the connection google-oauth2 does not grant read:Movies",
    )
    claims_less = decide(settings, ACCESS_MODEL_TEXT, read(sign(sub="amazon|1", scope="openid")))
    assert (claims_less.decision, claims_less.reason) == ("deny", "insufficient_scope")
    assert routes(claims_less)["GET /movies/{id}"] == (False, wanted + "the token does not claim read:Movies")
    assert routes(claims_less)["GET /devices"] == (
        False,
        "needs read:Devices: the token does not claim read:Devices and "
        "the connection amazon does not grant read:Devices",
    )


def test_a_machine_is_known_by_its_client_id(settings: Settings, sign: Sign) -> None:
    machine = {"sub": "machine-1@clients", "azp": "machine-1", "gty": "client-credentials", "scope": "read:Movies"}
    verdict = decide(settings, ACCESS_MODEL_TEXT, read(sign(**machine)))
    assert routes(verdict)["GET /movies/{id}"] == (True, "has read:Movies")
    assert routes(verdict)["GET /devices"][1] == "needs read:Devices: the token does not claim read:Devices"
    unknown = decide(settings, ACCESS_MODEL_TEXT, read(sign(**machine | {"sub": "other@clients", "azp": "other"})))
    assert "no machine client of access.yaml does not grant" in routes(unknown)["GET /movies/{id}"][1]


def test_permissions_count_only_where_the_rules_say_so(settings: Settings, sign: Sign) -> None:
    token = read(sign(scope="openid", permissions=["read:Devices"]))
    counting = json.dumps(ACCESS_MODEL | {"role_based_access_control": True})
    assert not routes(decide(settings, ACCESS_MODEL_TEXT, token))["GET /devices"][0]
    assert routes(decide(settings, counting, token))["GET /devices"][0]


@pytest.mark.parametrize(
    ("claims", "reason", "failed"),
    [
        ({"exp": 1_700_000_000}, "expired", "what failed: 1700000000 (2023-11-1"),
        ({"iss": "https://other.eu.auth0.com/"}, "wrong_issuer", "what failed: https://other.eu.auth0.com/"),
        ({"aud": ["https://Other"]}, "wrong_audience", 'what failed: ["https://Other"]'),
        ({"nonce": "n"}, "not_an_access_token", None),
    ],
)
def test_a_refused_token_names_the_reason_and_the_value_and_what_it_would_open(
    settings: Settings, sign: Sign, claims: dict[str, Any], reason: str, failed: str | None
) -> None:
    text = explain(settings, sign(**claims))
    assert f"401 everywhere: {reason}. " in text
    assert failed in text if failed else "what failed" not in text
    assert "Each answers 401. Were the token good, its claims would mean:" in text
    assert "allow  GET /devices" in text


def test_no_explanation_holds_the_signature_or_a_person(settings: Settings, sign: Sign) -> None:
    claims = {"email": "ada@example.com", "name": "Ada Lovelace"}
    tokens = [
        sign(**claims),
        sign(**claims, exp=1),
        sign(**claims)[:-4],
        sign(**claims) + "=",
        sign(by=generate_private_key(65537, 2048), **claims),
        sign(header={"kid": "x" * 65}, **claims),
        sign(header={"jwk": {}}, **claims),
    ]
    for token in tokens:
        text = explain(settings, token)
        _, payload, signature = token.split(".")
        assert signature not in text
        assert signature[:40] not in text
        assert payload not in text
        assert "ada" not in text.lower()


@pytest.mark.parametrize(("kind", "value"), [("client", "spa"), ("kid", "key-1"), ("jti", "token-1"), ("sub", None)])
def test_a_revoked_token_is_called_revoked_also_if_it_is_refused_for_another_reason(
    settings: Settings, sign: Sign, kind: str, value: str | None
) -> None:
    value = value or subject_hasher(settings["SUBJECT_HASH_KEY"])("google-oauth2|1234")
    listing = json.dumps({f"{kind}:{value}": time.time() + 60})
    revoking = {**settings, "REVOCATIONS": listing}
    verdict = decide(revoking, ACCESS_MODEL_TEXT, read(sign(jti="token-1")))
    assert (verdict.decision, verdict.reason, verdict.revoked) == ("unauthorized", "revoked", kind)
    expired = decide(revoking, ACCESS_MODEL_TEXT, read(sign(jti="token-1", exp=1)))
    assert (expired.reason, expired.revoked) == ("expired", kind)
    assert f"revoked, by its {kind}" in explain(revoking, sign(jti="token-1"))
    assert "not revoked" in explain(settings, sign())


def test_a_token_that_names_nobody_is_explained_too(settings: Settings, sign: Sign) -> None:
    text = explain(settings, sign(sub=None))
    assert "401 everywhere: missing_claim" in text
    assert "nothing, for the token names nobody" in text


def test_a_user_to_whom_nothing_is_open_is_told_of_linked_accounts(settings: Settings, sign: Sign) -> None:
    """A sign-in with Amazon by an account whose primary identity is Google's: the scope is Amazon's, `sub` is not."""
    text = explain(settings, sign(sub="google-oauth2|1", scope="read:Movies"))
    assert "The connection is that of `sub`, here google-oauth2." in text
    assert "docs/linked-accounts.md" in text
    assert "linked" not in explain(settings, sign())


def test_the_explanation_says_that_an_unknown_key_was_asked_for(settings: Settings, sign: Sign) -> None:
    nowhere = {**settings, "ISSUERS": "http://127.0.0.1:9/"}
    text = explain(nowhere, sign(header={"kid": "key-2"}, iss="http://127.0.0.1:9/"))
    assert "401 everywhere: unknown_key" in text
    assert "the key key-2 was not known at deployment: http://127.0.0.1:9/.well-known/jwks.json was asked" in text


def test_settings_that_this_checkout_does_not_understand_are_reported(sign: Sign) -> None:
    with pytest.raises(OperationError, match=r"is not that of this checkout \(ISSUERS is not set\)"):
        decide({"ISSUER": "https://old.example/"}, ACCESS_MODEL_TEXT, read(sign()))
