"""private_key_jwt: client authentication by a signature (RFC 7523), over HTTP against a real process."""

import base64
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

AUDIENCE = "https://StreamingResourceServer"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def key(keys: list[tuple[str, str]]) -> tuple[str, str]:
    return keys[0]


@pytest.fixture(scope="module")
def other_key(keys: list[tuple[str, str]]) -> tuple[str, str]:
    return keys[1]


def machine_of(tenant: Any, public: str, **settings: object) -> dict[str, Any]:
    """Return an application with this public key as its only credential, and a grant for the API."""
    app: dict[str, Any] = tenant.create_machine(grant_types=["client_credentials", "authorization_code"])
    credential = tenant.use_key(app, public, **settings)
    return {**app, "kid": credential["kid"], "credential_id": credential["id"]}


@pytest.fixture(scope="module")
def app(tenant: Any, key: tuple[str, str]) -> dict[str, Any]:
    return machine_of(tenant, key[1])


def claims_of(app: dict[str, Any], tenant: Any, **changes: object) -> dict[str, Any]:
    """Return valid claims, with some changed or (None) removed."""
    now = int(time.time())
    good = {"iss": app["client_id"], "sub": app["client_id"], "aud": tenant.issuer, "iat": now, "exp": now + 60}
    merged = {**good, "jti": secrets.token_hex(8), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def ask(tenant: Any, assertion: str, **fields: str | None) -> Any:
    form = {
        "grant_type": "client_credentials",
        "audience": AUDIENCE,
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
        **fields,
    }
    with tenant.client() as http:
        return http.post("/oauth/token", data={name: value for name, value in form.items() if value is not None})


def test_a_signed_assertion_is_enough(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    answer = ask(tenant, jwt.encode(claims_of(app, tenant), key[0], "RS256"))
    assert answer.status_code == 200, answer.text
    assert jwt.decode(answer.json()["access_token"], options={"verify_signature": False})["azp"] == app["client_id"]


def test_it_counts_once(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    assertion = jwt.encode(claims_of(app, tenant), key[0], "RS256")
    assert ask(tenant, assertion).status_code == 200
    replay = ask(tenant, assertion)
    assert (replay.status_code, replay.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "PS256"])
def test_the_credential_chooses_the_algorithm(tenant: Any, key: tuple[str, str], algorithm: str) -> None:
    app = machine_of(tenant, key[1], alg=algorithm)
    for tried in ("RS256", "RS384", "PS256", "RS512"):
        answer = ask(tenant, jwt.encode(claims_of(app, tenant), key[0], tried))
        assert answer.status_code == (200 if tried == algorithm else 401)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_either_issuer_of_the_tenant_may_be_the_audience(
    tenant: Any, app: Any, key: tuple[str, str], scheme: str
) -> None:
    audience = f"{getattr(tenant, scheme)}/"
    assert ask(tenant, jwt.encode(claims_of(app, tenant, aud=audience), key[0], "RS256")).status_code == 200
    assert ask(tenant, jwt.encode(claims_of(app, tenant, aud=[audience]), key[0], "RS256")).status_code == 200


# The mistake; the changed claims, or a function of the time; the source of the rule.
WRONG_CLAIMS: list[tuple[str, dict[str, Any] | Callable[[float], dict[str, Any]], str]] = [
    ("no iss", {"iss": None}, "RFC 7523 §3 (1)"),
    ("another's iss", {"iss": "another"}, "RFC 7523 §3 (1)"),
    ("no sub", {"sub": None}, "RFC 7523 §3 (2)"),
    ("a sub that is no text", {"sub": 7}, "RFC 7519 §4.1.2"),
    ("an unknown sub", {"sub": "unknown", "iss": "unknown"}, "RFC 7523 §3 (2)"),
    ("no aud", {"aud": None}, "RFC 7523 §3 (3)"),
    ("another server's aud", {"aud": "https://evil.example/"}, "RFC 7523 §3 (3)"),
    ("an empty list as aud", {"aud": []}, "RFC 7523 §3 (3)"),
    ("no exp", {"exp": None}, "RFC 7523 §3 (4)"),
    ("an exp that is past", lambda now: {"exp": int(now) - 1}, "RFC 7523 §3 (4)"),
    ("an exp in text", {"exp": "tomorrow"}, "RFC 7519 §4.1.4"),
    ("an exp that is true", {"exp": True}, "RFC 7519 §2, NumericDate"),
    ("an exp too far away", lambda now: {"exp": int(now) + 3600}, "Auth0: at most 5 minutes"),
    ("an nbf to come", lambda now: {"nbf": int(now) + 30}, "RFC 7523 §3 (5)"),
    ("an iat to come", lambda now: {"iat": int(now) + 30}, "RFC 7523 §3 (6)"),
    ("no jti", {"jti": None}, "OpenID Connect Core §9"),
    ("an empty jti", {"jti": ""}, "OpenID Connect Core §9"),
    ("a jti that is no text", {"jti": 1}, "RFC 7519 §4.1.7"),
    ("a long jti", {"jti": "x" * 65}, "Auth0: at most 64 characters"),
    ("an assertion that is too long", {"padding": "x" * 2048}, "Auth0: at most 2048 bytes"),
]


@pytest.mark.parametrize(("_name", "changes", "_rule"), WRONG_CLAIMS, ids=[row[0] for row in WRONG_CLAIMS])
def test_a_wrong_claim_is_refused(
    tenant: Any, app: Any, key: tuple[str, str], _name: str, changes: Any, _rule: str
) -> None:
    changed = changes(time.time()) if callable(changes) else changes
    content = json.dumps(claims_of(app, tenant, **changed)).encode()  # jwt.encode would refuse some of them
    assertion = jwt.PyJWS().encode(content, key[0], algorithm="RS256")
    answer = ask(tenant, assertion)
    assert answer.status_code == 401
    assert answer.json()["error"] in ("invalid_client", "access_denied")


def test_the_token_endpoints_address_is_no_audience(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    """Auth0: the tenant's address with its slash, nothing else."""
    claims = claims_of(app, tenant, aud=f"{tenant.issuer}oauth/token")
    assert ask(tenant, jwt.encode(claims, key[0], "RS256")).status_code == 401


def test_another_key_does_not_count(tenant: Any, app: Any, other_key: tuple[str, str]) -> None:
    assert ask(tenant, jwt.encode(claims_of(app, tenant), other_key[0], "RS256")).status_code == 401


def test_a_kid_must_be_the_credentials(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    right = jwt.encode(claims_of(app, tenant), key[0], "RS256", {"kid": app["kid"]})
    wrong = jwt.encode(claims_of(app, tenant), key[0], "RS256", {"kid": "another"})
    assert ask(tenant, right).status_code == 200
    assert ask(tenant, wrong).status_code == 401


def test_a_symmetric_signature_with_the_public_key_does_not_count(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    """RFC 8725 §2.1: algorithm confusion."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256"}).encode()).rstrip(b"=").decode()
    payload = base64.urlsafe_b64encode(json.dumps(claims_of(app, tenant)).encode()).rstrip(b"=").decode()
    signature = jwt.get_algorithm_by_name("HS256").sign(f"{header}.{payload}".encode(), key[1].encode())
    text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    assert ask(tenant, f"{header}.{payload}.{text}").status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "....", "e30.e30.", "e30.W10.AA", "\x00", "ä.ö.ü"])
def test_what_is_no_jwt_is_refused(tenant: Any, app: Any, text: str) -> None:
    answer = ask(tenant, text, client_id=app["client_id"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("kind", [None, "", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"])
def test_the_type_must_be_named(tenant: Any, app: Any, key: tuple[str, str], kind: str | None) -> None:
    """RFC 7521 §4.2."""
    answer = ask(tenant, jwt.encode(claims_of(app, tenant), key[0], "RS256"), client_assertion_type=kind)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_client_id_in_the_same_request_must_be_equal(tenant: Any, app: Any, key: tuple[str, str]) -> None:
    """RFC 7521 §4.2."""
    assertion = jwt.encode(claims_of(app, tenant), key[0], "RS256")
    assert ask(tenant, assertion, client_id="another").json()["error"] == "invalid_request"
    assert ask(tenant, assertion, client_id=app["client_id"]).status_code == 200


def test_an_application_with_a_key_cannot_use_its_secret_any_more(tenant: Any, app: Any) -> None:
    form = {"grant_type": "client_credentials", "audience": AUDIENCE, "client_id": app["client_id"]}
    with tenant.client() as http:
        answer = http.post("/oauth/token", data={**form, "client_secret": app["client_secret"]})
    assert (answer.status_code, answer.json()["error"]) == (401, "access_denied")


def test_an_ended_credential_does_not_count(tenant: Any, key: tuple[str, str]) -> None:
    app = machine_of(tenant, key[1])
    path = f"/clients/{app['client_id']}/credentials/{app['credential_id']}"
    assert ask(tenant, jwt.encode(claims_of(app, tenant), key[0], "RS256")).status_code == 200
    assert tenant.management("PATCH", path, {"expires_at": "2020-01-01T00:00:00.000Z"}).status_code == 200
    assert ask(tenant, jwt.encode(claims_of(app, tenant), key[0], "RS256")).status_code == 401


def test_a_credential_that_the_application_does_not_name_does_not_count(
    tenant: Any, key: tuple[str, str], other_key: tuple[str, str]
) -> None:
    app = machine_of(tenant, key[1])
    credential = {"credential_type": "public_key", "pem": other_key[1]}
    made = tenant.management("POST", f"/clients/{app['client_id']}/credentials", credential)
    assert made.status_code == 201
    assert ask(tenant, jwt.encode(claims_of(app, tenant), other_key[0], "RS256")).status_code == 401


def test_another_applications_credential_does_not_count(
    tenant: Any, app: Any, key: tuple[str, str], other_key: tuple[str, str]
) -> None:
    other = machine_of(tenant, other_key[1])
    methods = {"private_key_jwt": {"credentials": [{"id": app["credential_id"]}]}}
    change = {"client_authentication_methods": methods}
    named = tenant.management("PATCH", f"/clients/{other['client_id']}", change)
    assert named.status_code in (200, 400, 404), named.text
    assert ask(tenant, jwt.encode(claims_of(other, tenant), key[0], "RS256")).status_code == 401


def test_a_client_assertion_works_for_a_code_too(tenant: Any, key: tuple[str, str], browser_of: Any) -> None:
    app = machine_of(tenant, key[1])
    browser = browser_of(app)
    code = browser.sign_in()["code"]
    assertion = jwt.encode(claims_of(app, tenant), key[0], "RS256")
    assert browser.exchange(code, client_assertion=assertion, client_assertion_type=TYPE).status_code == 200
