"""The tenant's metadata and keys: every advertised feature works, and every key verifies."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

AUDIENCE = "https://StreamingResourceServer"
CALLBACK = "http://app.localhost:9000/"


@pytest.fixture(scope="module")
def metadata(tenant: Any) -> dict[str, Any]:
    with tenant.client() as http:
        answer: dict[str, Any] = http.get("/.well-known/openid-configuration").raise_for_status().json()
    return answer


def test_both_listeners_name_themselves(tenant: Any) -> None:
    for origin in (tenant.http, tenant.https):
        with tenant.client(verify=False) as http:
            document = http.get(f"{origin}/.well-known/openid-configuration").json()
        assert document["issuer"] == f"{origin}/"
        assert all(url.startswith(f"{origin}/") for name, url in document.items() if name.endswith("_endpoint"))


def test_pushed_requests_are_not_offered_whatever_the_tenant_s_setting_says(tenant: Any, metadata: Any) -> None:
    for offered in (True, None):
        body = {"pushed_authorization_requests_supported": offered}
        assert tenant.management("PATCH", "/tenants/settings", body).status_code == 200
        with tenant.client() as http:
            assert http.get("/.well-known/openid-configuration").json() == metadata


def test_every_end_point_answers(tenant: Any, metadata: dict[str, Any]) -> None:
    addresses = [url for name, url in metadata.items() if name.endswith("_endpoint") or name == "jwks_uri"]
    assert len(addresses) == 6
    with tenant.client() as http:
        for url in addresses:
            assert http.get(url).status_code != 404
            assert http.get(f"{url}x").status_code == 404


def test_every_response_type_and_mode_works(browser_of: Any, tenant: Any, metadata: dict[str, Any]) -> None:
    browser = browser_of(tenant.create_client(grant_types=["authorization_code", "implicit"]))
    browser.sign_in()
    for response_type in metadata["response_types_supported"]:
        for mode in metadata["response_modes_supported"]:
            answer = browser.authorize(response_type=response_type, response_mode=mode)
            given = {"code": "code", "token": "access_token", "id_token": "id_token"}
            wanted = {given[part] for part in response_type.split()}
            if mode == "query" and response_type != "code":
                assert "error=invalid_request" in answer.headers["location"]
            elif mode == "form_post":
                assert all(f'name="{name}"' in answer.text for name in wanted)
            else:
                address = urlsplit(answer.headers["location"])
                assert wanted <= set(dict(parse_qsl(address.query if mode == "query" else address.fragment)))


def test_every_grant_type_is_known(browser_of: Any, tenant: Any, metadata: dict[str, Any]) -> None:
    none_of_them = browser_of(tenant.create_client(grant_types=[]))
    for grant_type in metadata["grant_types_supported"]:
        if grant_type == "implicit":
            continue  # at /authorize, so the test above covers it
        answer = none_of_them.exchange("any", grant_type=grant_type)
        assert answer.json()["error"] == "unauthorized_client"  # and not unsupported_grant_type


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_every_authentication_method_works(browser_of: Any, tenant: Any, metadata: dict[str, Any], method: str) -> None:
    # private_key_jwt has its own tests, with each of its algorithms.
    assert set(metadata["token_endpoint_auth_methods_supported"]) >= {method, "private_key_jwt"}
    app = tenant.create_client(app_type="regular_web", token_endpoint_auth_method=method)
    browser = browser_of(app)
    code = browser.sign_in()["code"]
    if method == "client_secret_basic":
        pair = base64.b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()
        browser.http.headers["Authorization"] = f"Basic {pair}"
    fields = {"client_secret": app["client_secret"]} if method == "client_secret_post" else {}
    assert browser.exchange(code, **fields).status_code == 200


@pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
def test_every_algorithm_signs_id_tokens(
    browser_of: Any, tenant: Any, metadata: dict[str, Any], algorithm: str
) -> None:
    assert algorithm in metadata["id_token_signing_alg_values_supported"]
    app = tenant.create_client(jwt_configuration={"alg": algorithm})
    token = browser_of(app).tokens()["id_token"]
    assert jwt.get_unverified_header(token)["alg"] == algorithm


def test_every_scope_and_claim_is_given(browser: Any, metadata: dict[str, Any]) -> None:
    scope = " ".join(metadata["scopes_supported"])
    page = browser.http.get(browser.authorize(connection="amazon", scope=scope, max_age="600").headers["location"])
    person = {"name": "Zoë", "email": "zoe@example.com", "picture": "https://example.com/zoe.png"}
    tokens = browser.exchange(browser.answer(browser.identify(page, **person))["code"]).json()
    assert tokens["scope"].startswith(scope)  # the Action adds its own
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert set(metadata["claims_supported"]) <= set(claims)


def test_the_metadata_says_which_request_parameters_are_not_supported(metadata: dict[str, Any]) -> None:
    """OpenID Connect Discovery 1.0 §3: without request_uri_parameter_supported, it counts as true."""
    assert metadata["request_parameter_supported"] is False
    assert metadata["request_uri_parameter_supported"] is False
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_the_metadata_can_leave_out_the_logout_endpoint(tmp_path: Any, run_tenant: Any) -> None:
    with run_tenant(tmp_path / "state") as tenant, tenant.client() as http:
        change = {"oidc_logout": {"rp_logout_end_session_endpoint_discovery": False}}
        assert tenant.management("PATCH", "/tenants/settings", change).status_code == 200
        assert "end_session_endpoint" not in http.get("/.well-known/openid-configuration").json()


def test_any_web_page_may_read_the_metadata_and_the_keys(tenant: Any) -> None:
    with tenant.client() as http:
        for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
            answer = http.get(path, headers={"Origin": "http://anything.example"})
            assert answer.headers["access-control-allow-origin"] == "*"


def keys_of(tenant: Any) -> list[dict[str, Any]]:
    with tenant.client() as http:
        keys: list[dict[str, Any]] = http.get("/.well-known/jwks.json").raise_for_status().json()["keys"]
    return keys


def test_the_key_set_has_the_current_and_the_next_key_with_their_certificates(tenant: Any) -> None:
    keys = keys_of(tenant)
    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"kty", "use", "n", "e", "kid", "x5t", "x5c", "alg"}  # public parts only
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
        der = base64.b64decode(key["x5c"][0])
        thumbprint = base64.urlsafe_b64encode(hashlib.sha1(der, usedforsecurity=False).digest())
        assert key["x5t"] == thumbprint.rstrip(b"=").decode()
        public = x509.load_der_x509_certificate(der).public_key()
        assert isinstance(public, RSAPublicKey)
        numbers = public.public_numbers()
        assert (decoded(key["n"]), decoded(key["e"])) == (numbers.n, numbers.e)
        assert public.key_size == 2048


def decoded(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def verifies(tenant: Any, token: str) -> bool:
    kid = jwt.get_unverified_header(token)["kid"]
    key = next((key for key in keys_of(tenant) if key["kid"] == kid), None)
    return key is not None and bool(jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience=AUDIENCE))


def test_keys_rotate_and_a_token_lives_until_its_key_is_revoked(
    tmp_path: Any, run_tenant: Any, browser_of: Any
) -> None:
    """https://auth0.com/docs/get-started/tenant-settings/signing-keys/rotate-signing-keys"""
    with run_tenant(tmp_path / "state") as tenant:
        browser = browser_of(tenant.create_client(), at=tenant)
        old = browser.tokens()["access_token"]
        old_kid, next_kid = (key["kid"] for key in keys_of(tenant))
        assert jwt.get_unverified_header(old)["kid"] == old_kid

        assert tenant.management("POST", "/keys/signing/rotate").status_code == 201
        new = browser.tokens()["access_token"]
        assert jwt.get_unverified_header(new)["kid"] == next_kid  # published before it signs
        assert len(keys_of(tenant)) == 3
        assert verifies(tenant, old)
        assert verifies(tenant, new)
        assert userinfo(browser, old) == 200

        assert tenant.management("PUT", f"/keys/signing/{next_kid}/revoke").status_code >= 400  # it signs
        assert tenant.management("PUT", f"/keys/signing/{old_kid}/revoke").status_code == 200
        assert not verifies(tenant, old)
        assert verifies(tenant, new)
        assert (userinfo(browser, old), userinfo(browser, new)) == (401, 200)


def userinfo(browser: Any, token: str) -> int:
    return int(browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code)


def test_an_old_id_token_still_hints_at_its_session(tmp_path: Any, run_tenant: Any, browser_of: Any) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        browser = browser_of(tenant.create_client(), at=tenant)
        hint = browser.tokens()["id_token"]
        assert tenant.management("POST", "/keys/signing/rotate").status_code == 201
        query = {"id_token_hint": hint, "post_logout_redirect_uri": CALLBACK, "state": secrets.token_hex(4)}
        assert browser.http.get("/oidc/logout", params=query).headers["location"].startswith(CALLBACK)
