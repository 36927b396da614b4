"""Every request gets an answer in the right form, and never a server error (property tests over HTTP)."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CALLBACK = "http://app.localhost:9000/"
MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
# Real names with any value: more of these pass the first check than wholly random requests.
AUTHORIZE_NAMES = [
    "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age", "audience", "connection",
    "login_hint", "code_challenge", "code_challenge_method", "request", "request_uri", "registration",
]  # fmt: skip
AUTHORIZE_VALUES = [
    "code", "token", "id_token", "token id_token", "query", "fragment", "form_post", "web_message", "openid", "none",
    "login", "none login", "S256", "plain", "0", "-1", "amazon", "https://StreamingResourceServer", "a" * 43,
]  # fmt: skip
TOKEN_NAMES = [
    "grant_type", "client_id", "client_secret", "code", "code_verifier", "redirect_uri", "refresh_token", "audience",
    "scope", "client_assertion", "client_assertion_type", "token", "token_type_hint",
]  # fmt: skip
TOKEN_VALUES = [
    "authorization_code", "refresh_token", "client_credentials", CALLBACK, "e30.e30.e30", "a.b.c", "x" * 43,
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
]  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def app(tenant: Any) -> dict[str, Any]:
    both = ["authorization_code", "refresh_token", "implicit", "client_credentials"]
    created: dict[str, Any] = tenant.create_client(grant_types=both)
    return created


@pytest.fixture(scope="module")
def http(tenant: Any) -> Iterator[httpx.Client]:
    with tenant.client() as client:
        yield client


@MANY
@given(
    st.dictionaries(
        st.sampled_from(AUTHORIZE_NAMES),
        st.sampled_from(AUTHORIZE_VALUES) | st.text(st.characters(codec="utf-8"), max_size=20),
    ),
    st.booleans(),
)
def test_authorize_answers_with_a_page_or_at_the_applications_address(
    app: Any, http: httpx.Client, parameters: dict[str, str], by_post: bool
) -> None:
    query = {"client_id": app["client_id"], "redirect_uri": CALLBACK, **parameters}
    answer = http.post("/authorize", data=query) if by_post else http.get("/authorize", params=query)
    assert answer.status_code in (200, 302, 303, 400, 403)
    if answer.status_code in (302, 303):
        assert answer.headers["location"].startswith((CALLBACK, "/u/login?", "/u/identity-provider/"))
    else:
        assert "script-src 'nonce-" in answer.headers["content-security-policy"]


@MANY
@given(
    st.dictionaries(st.sampled_from(TOKEN_NAMES), st.sampled_from(TOKEN_VALUES) | anything),
    st.booleans(),
    st.sampled_from(["/oauth/token", "/oauth/revoke"]),
)
def test_the_token_end_point_answers_with_an_oauth_error(
    app: Any, http: httpx.Client, fields: dict[str, Any], known: bool, path: str
) -> None:
    body = {**fields, **({"client_id": app["client_id"]} if known else {})}
    answer = http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    if path == "/oauth/revoke" and answer.status_code == 200:
        return
    assert answer.status_code in (400, 401, 403)
    assert set(answer.json()) == {"error", "error_description"}


@MANY
@given(st.binary(max_size=60), st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]))
def test_a_body_of_any_bytes_is_refused(http: httpx.Client, body: bytes, kind: str) -> None:
    answer = http.post("/oauth/token", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401)
    assert set(answer.json()) == {"error", "error_description"}


@MANY
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip))
def test_any_authorization_header_is_answered(http: httpx.Client, header: str) -> None:
    for path in ("/userinfo", "/oauth/token"):
        for text in (header, f"Bearer {header}".strip(), f"Basic {header}".strip()):
            assert http.post(path, headers={"Authorization": text}).status_code in (400, 401)


@MANY
@given(
    st.dictionaries(
        st.sampled_from(["id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "returnTo"]),
        st.text(st.characters(codec="utf-8"), max_size=20) | st.just(CALLBACK),
    ),
    st.sampled_from(["/v2/logout", "/oidc/logout"]),
)
def test_logout_goes_nowhere_but_to_listed_addresses(
    app: Any, http: httpx.Client, parameters: dict[str, str], path: str
) -> None:
    answer = http.get(path, params={"client_id": app["client_id"], **parameters})
    assert answer.status_code in (200, 302, 400)
    assert answer.headers.get("location", CALLBACK).startswith(CALLBACK)
