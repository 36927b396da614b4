"""Sessions, silent sign-in, consent and confirmation; for lifetimes, the test sets the clock."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from starlette.requests import Request

from local.tenant.action_process import ActionProcess
from local.tenant.listeners import Listeners
from local.tenant.sign_in import sessions
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Store
from local.tenant.tenant import Tenant

HOUR = 3600
CALLBACK = "http://app.localhost:9000/"


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def own_tenant(tmp_path: Path, clock: Clock) -> Iterator[Tenant]:
    store = Store(tmp_path)
    tenant = Tenant(store, SigningKeys(store.signing_keys), Listeners(80, 443), ActionProcess())
    store.users.put("amazon|1", {"user_id": "amazon|1"})
    store.connections.put("con_1", {"id": "con_1", "name": "amazon", "strategy": "amazon", "enabled_clients": []})
    yield tenant
    store.close()


def request(cookie: str = "") -> Request:
    headers = [(b"host", b"localhost:80"), (b"cookie", f"auth0_80={cookie}".encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers,
                    "scheme": "http", "server": ("localhost", 80)})  # fmt: skip


def begin(tenant: Tenant) -> str:
    user, connection = tenant.store.users.get("amazon|1"), tenant.store.connections.get("con_1")
    assert user is not None
    assert connection is not None
    return sessions.start(tenant, request(), user, connection)[0]


def set_lifetimes(tenant: Tenant, session: float, idle: float) -> None:
    tenant.store.settings.put("tenants/settings", {"session_lifetime": session, "idle_session_lifetime": idle})


def test_an_unused_session_ends_after_the_idle_lifetime(own_tenant: Tenant, clock: Clock) -> None:
    cookie = begin(own_tenant)
    clock.now += 72 * HOUR - 1
    assert sessions.current(own_tenant, request(cookie)) is not None
    clock.now += 72 * HOUR
    assert sessions.current(own_tenant, request(cookie)) is None


def test_use_does_not_take_it_beyond_the_absolute_lifetime(own_tenant: Tenant, clock: Clock) -> None:
    cookie = begin(own_tenant)
    for _ in range(3):
        clock.now += 48 * HOUR
        assert sessions.current(own_tenant, request(cookie)) is not None
    clock.now += 24 * HOUR
    assert sessions.current(own_tenant, request(cookie)) is None


@pytest.mark.parametrize(("session", "idle"), [(1.0, 72.0), (168.0, 1.0), (0.5, 0.5)])
def test_shorter_lifetimes_count_at_once(own_tenant: Tenant, clock: Clock, session: float, idle: float) -> None:
    cookie = begin(own_tenant)
    clock.now += 2 * HOUR
    assert sessions.current(own_tenant, request(cookie)) is not None
    set_lifetimes(own_tenant, session, idle)
    clock.now += 2 * HOUR
    assert sessions.current(own_tenant, request(cookie)) is None


def test_longer_lifetimes_count_for_the_next_session(own_tenant: Tenant, clock: Clock) -> None:
    set_lifetimes(own_tenant, 2, 1)
    cookie = begin(own_tenant)
    set_lifetimes(own_tenant, 200, 100)
    later = begin(own_tenant)
    clock.now += HOUR
    assert sessions.current(own_tenant, request(cookie)) is None
    assert sessions.current(own_tenant, request(later)) is not None


def test_a_session_of_a_user_or_connection_that_is_gone_is_none(own_tenant: Tenant) -> None:
    cookie = begin(own_tenant)
    own_tenant.store.users.delete("amazon|1")
    assert sessions.current(own_tenant, request(cookie)) is None


def third_party(tenant: Any, **settings: object) -> dict[str, Any]:
    app: dict[str, Any] = tenant.create_client(is_first_party=False, **settings)
    return app


def sign_in_to_consent(browser: Any, **parameters: Any) -> Any:
    """Sign in as far as the consent page."""
    start = browser.authorize(connection="amazon", **parameters)
    if start.headers["location"].startswith("/u/identity-provider"):
        start = browser.identify(browser.http.get(start.headers["location"]))
    assert start.headers["location"].startswith("/u/consent")
    return browser.http.get(start.headers["location"])


def test_a_third_party_application_needs_consent_once(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(third_party(tenant))
    page = sign_in_to_consent(browser)
    assert "read:Movies" in page.text
    assert "code" in browser.answer(browser.decide(page))
    assert "code" in browser.answer(browser.authorize(prompt="none"))


def test_more_scopes_need_consent_again(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(third_party(tenant))
    browser.decide(sign_in_to_consent(browser, scope="openid"))
    assert "code" in browser.answer(browser.authorize(prompt="none", scope="openid"))
    assert browser.answer(browser.authorize(prompt="none", scope="openid profile"))["error"] == "consent_required"


def test_without_consent_there_is_no_code(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(third_party(tenant))
    page = sign_in_to_consent(browser)
    assert browser.answer(browser.authorize(prompt="none"))["error"] == "consent_required"
    answer = browser.answer(browser.decide(page, "decline"))
    assert (answer["error"], answer["state"]) == ("access_denied", "the-state")
    assert browser.answer(browser.authorize(prompt="none"))["error"] == "consent_required"


def test_consent_counts_once_and_from_its_own_browser(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(third_party(tenant))
    page = sign_in_to_consent(browser)
    assert browser_of(browser.app).http.get(page.url).status_code == 400
    assert browser.http.post(page.url, data={"csrf": "guessed", "decision": "accept"}).status_code == 403
    assert browser.decide(page).status_code == 303
    assert browser.decide(page).status_code == 400


def test_prompt_consent_asks_again(browser: Any) -> None:
    browser.sign_in("amazon")
    assert browser.authorize().status_code == 303
    assert browser.authorize(prompt="consent").headers["location"].startswith("/u/consent")


def test_an_api_that_does_not_skip_consent_is_asked_for(browser_of: Any, tenant: Any) -> None:
    body = {"identifier": "https://consent.example", "scopes": [{"value": "read:one"}]}
    assert tenant.management("POST", "/resource-servers", body).status_code == 201
    browser = browser_of()
    page = sign_in_to_consent(browser, audience="https://consent.example", scope="read:one")
    assert "read:one" in page.text
    assert browser.http.get(page.url).status_code == 200


def test_agreeing_belongs_to_the_session_that_was_asked(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(third_party(tenant))
    page = sign_in_to_consent(browser)
    browser.sign_in("google-oauth2", person="grace@example.com")
    assert browser.http.get(page.url).status_code == 400
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert browser.http.post(page.url, data={"csrf": csrf, "decision": "accept"}).status_code == 400


def test_a_session_counts_only_where_its_connection_is_enabled(browser_of: Any, tenant: Any) -> None:
    browser = browser_of()
    browser.sign_in("amazon")
    other = tenant.create_client()
    amazon = next(row for row in tenant.management("GET", "/connections").json() if row["name"] == "amazon")
    change = [{"client_id": other["client_id"], "status": False}]
    assert tenant.management("PATCH", f"/connections/{amazon['id']}/clients", change).status_code == 204
    assert "code" in browser.answer(browser.authorize(prompt="none"))
    browser.app = other
    assert browser.answer(browser.authorize(prompt="none"))["error"] == "login_required"


LOOPBACK = "http://localhost:9000/"


def test_a_loopback_address_is_confirmed_when_nothing_else_is_shown(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(callbacks=[LOOPBACK]))
    page = browser.http.get(browser.authorize(connection="amazon", redirect_uri=LOOPBACK).headers["location"])
    assert browser.identify(page).headers["location"].startswith(LOOPBACK)
    silent = browser.authorize(prompt="none", redirect_uri=LOOPBACK)
    assert "error=interaction_required" in silent.headers["location"]
    again = browser.authorize(redirect_uri=LOOPBACK)
    assert again.headers["location"].startswith("/u/consent")
    assert "code=" in browser.decide(browser.http.get(again.headers["location"])).headers["location"]


def test_the_confirmation_can_be_switched_off(browser_of: Any, tenant: Any) -> None:
    skip = {"skip_non_verifiable_callback_uri_confirmation_prompt": True}
    browser = browser_of(tenant.create_client(callbacks=[LOOPBACK], **skip))
    page = browser.http.get(browser.authorize(connection="amazon", redirect_uri=LOOPBACK).headers["location"])
    browser.identify(page)
    assert "code=" in browser.authorize(prompt="none", redirect_uri=LOOPBACK).headers["location"]


@pytest.mark.parametrize(("parameters", "told"), [({}, False), ({"max_age": "600"}, True), ({"prompt": "login"}, True)])
def test_the_id_token_says_when_the_user_signed_in_if_that_was_asked(
    browser: Any, parameters: dict[str, str], told: bool
) -> None:
    tokens = browser.tokens(**parameters)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert ("auth_time" in claims) == told
    refreshed = browser.refresh(tokens["refresh_token"]).json()["id_token"]
    again = jwt.decode(refreshed, options={"verify_signature": False})
    assert again.get("auth_time") == claims.get("auth_time")  # OpenID Connect Core §12.2
    assert "nonce" not in again


def test_use_does_not_renew_the_time_of_the_sign_in(own_tenant: Tenant, clock: Clock) -> None:
    cookie = begin(own_tenant)
    clock.now += 61
    session = sessions.current(own_tenant, request(cookie))
    assert session is not None
    assert clock.now - session.auth_time == 61  # the value that max_age is compared with


def test_a_login_hint_is_where_the_form_begins(browser: Any) -> None:
    start = browser.authorize(connection="amazon", login_hint='zoe@example.com"><b>')
    page = browser.http.get(start.headers["location"])
    assert 'value="zoe@example.com&#34;&gt;&lt;b&gt;"' in page.text


def test_a_form_post_carries_the_code_in_a_form(browser: Any) -> None:
    browser.sign_in("amazon")
    page = browser.authorize(response_mode="form_post")
    assert page.status_code == 200
    assert f'<form method="post" action="{CALLBACK}">' in page.text
    code = page.text.partition('name="code" value="')[2].partition('"')[0]
    assert 'name="state" value="the-state"' in page.text
    assert browser.exchange(code).status_code == 200


def test_the_tenants_default_audience_counts_when_none_is_named(
    tmp_path: Path, run_tenant: Any, browser_of: Any
) -> None:
    audience = "https://StreamingResourceServer"
    with run_tenant(tmp_path / "state") as tenant:
        assert tenant.management("PATCH", "/tenants/settings", {"default_audience": audience}).status_code == 200
        browser = browser_of(tenant.create_client(), at=tenant)
        assert browser.tokens(audience=None)["access_token"].count(".") == 2
        opaque = browser.tokens(audience=f"{tenant.issuer}userinfo")
        assert opaque["access_token"].count(".") == 0
        assert browser.refresh(opaque["refresh_token"]).json()["access_token"].count(".") == 0


@pytest.mark.parametrize(("scheme", "fallback"), [("https", "SameSite=lax; Secure"), ("http", "SameSite=lax")])
def test_the_session_has_a_cookie_for_frames_of_other_sites_and_one_for_browsers_that_refuse_it(
    tenant: Any, browser_of: Any, scheme: str, fallback: str
) -> None:
    browser = browser_of()
    authority = ssl.create_default_context(cafile=str(tenant.directory / "ca.pem"))
    origin = tenant.https if scheme == "https" else tenant.http
    with httpx.Client(base_url=origin, verify=authority, timeout=30) as browser.http:
        stand_in = browser.http.get(browser.authorize(connection="google-oauth2").headers["location"])
        signed_in = browser.identify(stand_in)
        session = {text for text in signed_in.headers.get_list("set-cookie") if text.startswith("auth0_")}
        attributes = {text.partition("=")[0]: text.partition("Path=/; ")[2] for text in session}
        port = httpx.URL(origin).port
        assert attributes == {f"auth0_{port}": "SameSite=none; Secure", f"auth0_compat_{port}": fallback}
        assert len({text.partition("=")[2].partition(";")[0] for text in session}) == 1
        assert all("HttpOnly" in text for text in session)
