"""/userinfo and /oauth/revoke, and the web pages that may read their answers, over HTTP against a real process."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from local.tenant.action_process import ActionProcess
from local.tenant.listeners import Listeners
from local.tenant.login import tokens
from local.tenant.login.logins import Login
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Store
from local.tenant.tenant import Tenant
from local.tenant.token_endpoint import userinfo

AUDIENCE = "https://StreamingResourceServer"
ORIGIN = "http://app.localhost:9000"
NOW = 1_000_000.0


def info(browser: Any, token: str, **headers: str) -> Any:
    return browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}", **headers})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_tells_what_the_scopes_open(browser: Any, method: str) -> None:
    token = browser.tokens(scope="openid email read:Devices")["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Origin": ORIGIN}
    answer = browser.http.request(method, "/userinfo", headers=headers)
    assert set(answer.json()) == {"sub", "email", "email_verified"}
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer a.b.c", "bearer"])
def test_without_a_good_token_it_answers_401(browser: Any, header: str) -> None:
    answer = browser.http.get("/userinfo", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_without_any_token_it_says_nothing_of_errors(browser: Any) -> None:
    """RFC 6750 §3.1."""
    answer = browser.http.get("/userinfo")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="Users"')


def test_a_token_in_the_address_or_the_form_does_not_count(browser: Any) -> None:
    """RFC 6750 §2.3 and §5.3: not in the URL, which logs and the browser's history keep."""
    token = browser.tokens()["access_token"]
    assert browser.http.get("/userinfo", params={"access_token": token}).status_code == 401
    assert browser.http.post("/userinfo", data={"access_token": token}).status_code == 401


def test_a_token_without_openid_is_not_for_userinfo(browser: Any) -> None:
    assert info(browser, browser.tokens(scope="read:Devices")["access_token"]).status_code == 401


def test_an_opaque_token_without_openid_opens_too_little(browser: Any) -> None:
    answer = info(browser, browser.tokens(scope="profile", audience=None)["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_an_id_token_is_no_access_token(browser: Any) -> None:
    assert info(browser, browser.tokens()["id_token"]).status_code == 401


def test_another_tenants_token_is_refused(tmp_path: Any, run_tenant: Any, browser: Any, browser_of: Any) -> None:
    with run_tenant(tmp_path / "state") as other:
        token = browser_of(other.create_client(), at=other).tokens()["access_token"]
    assert info(browser, token).status_code == 401


@pytest.mark.parametrize("form", ["data", "json"])
@pytest.mark.parametrize("audience", [AUDIENCE, None])
def test_a_revoked_refresh_token_ends_its_grant(browser: Any, form: str, audience: str | None) -> None:
    """RFC 7009 §2.1: revoking a refresh token also revokes the grant's access tokens, if they can be revoked."""
    first = browser.tokens(audience=audience)
    second = browser.refresh(first["refresh_token"]).json()
    body = {"client_id": browser.app["client_id"], "token": second["refresh_token"], "token_type_hint": "wrong"}
    revoked = browser.http.post("/oauth/revoke", **{form: body})
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert browser.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    # A JWT cannot be revoked: /userinfo still accepts it. The opaque token is revoked.
    states = [info(browser, tokens["access_token"]).status_code for tokens in (first, second)]
    assert states == ([200, 200] if audience else [401, 401])


def test_a_replayed_code_ends_opaque_access_tokens(browser: Any) -> None:
    """RFC 6749 §4.1.2."""
    code = browser.sign_in(audience=None)["code"]
    tokens = browser.exchange(code).json()
    assert info(browser, tokens["access_token"]).status_code == 200
    assert browser.exchange(code).status_code == 403
    assert info(browser, tokens["access_token"]).status_code == 401
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_replayed_code_leaves_other_grants_alone(browser: Any) -> None:
    other = browser.tokens(audience=None)
    code = browser.sign_in(audience=None)["code"]
    browser.exchange(code)
    browser.exchange(code)
    assert info(browser, other["access_token"]).status_code == 200
    assert browser.refresh(other["refresh_token"]).status_code == 200


def test_an_opaque_access_token_can_be_revoked(browser: Any) -> None:
    tokens = browser.tokens(audience=None)
    form = {"client_id": browser.app["client_id"], "token": tokens["access_token"]}
    assert browser.http.post("/oauth/revoke", data=form).status_code == 200
    assert info(browser, tokens["access_token"]).status_code == 401


def test_an_application_cannot_revoke_anothers_token(browser: Any, tenant: Any) -> None:
    """RFC 7009 §2.1: the request is refused and the client informed."""
    tokens = browser.tokens(audience=None)
    other = tenant.create_client()["client_id"]
    for name in ("refresh_token", "access_token"):
        answer = browser.http.post("/oauth/revoke", data={"client_id": other, "token": tokens[name]})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert info(browser, tokens["access_token"]).status_code == 200
    assert browser.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/userinfo"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "https://app.localhost:9000", "http://app.localhost:9000.evil.example", "null", "", "*"],
)
def test_a_page_of_another_origin_reads_nothing(browser: Any, path: str, origin: str) -> None:
    token = browser.tokens()["access_token"]
    headers = {"Origin": origin, "Authorization": f"Bearer {token}", "Access-Control-Request-Method": "POST"}
    for method in ("OPTIONS", "POST"):
        answer = browser.http.request(method, path, headers=headers)
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/userinfo"])
@pytest.mark.parametrize("setting", ["web_origins", "allowed_origins"])
def test_a_page_of_a_listed_origin_reads_the_answer(browser_of: Any, tenant: Any, path: str, setting: str) -> None:
    origin = f"http://{setting.replace('_', '-')}.localhost"
    browser = browser_of(tenant.create_client(**{"web_origins": [], setting: [origin]}))
    for method in ("OPTIONS", "POST"):
        answer = browser.http.request(method, path, headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    store = Store(tmp_path)
    yield store
    store.close()


def ask_userinfo(tenant: Tenant, token: str) -> int:
    app = Starlette()
    app.state.tenant = tenant
    headers = [(b"host", b"localhost:80"), (b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/userinfo", "query_string": b"", "headers": headers, "app": app}
    return asyncio.run(userinfo.userinfo(Request(scope))).status_code


@pytest.mark.parametrize("audience", [None, "https://api.example"])
def test_an_access_token_ends(store: Store, monkeypatch: pytest.MonkeyPatch, audience: str | None) -> None:
    tenant = Tenant(store, SigningKeys(store.signing_keys), Listeners(80, 443), ActionProcess())
    store.users.put("amazon|1", {"user_id": "amazon|1"})
    api = {"identifier": "https://api.example", "signing_alg": "RS256", "token_lifetime": 60}
    store.resource_servers.put("api", api)
    monkeypatch.setattr(time, "time", lambda: NOW)
    login = Login("grant", "client", "amazon|1", "con_1", audience, ["openid"], ["openid"], "session", 0)
    token, lifetime = tokens.access_token(tenant, "http://localhost:80/", login)
    assert lifetime == (60 if audience else 86400)
    monkeypatch.setattr(time, "time", lambda: NOW + lifetime - 1)
    assert ask_userinfo(tenant, token) == 200
    monkeypatch.setattr(time, "time", lambda: NOW + lifetime)
    assert ask_userinfo(tenant, token) == 401
