"""/v2/logout and /oidc/logout, over HTTP against a real process."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest

CALLBACK = "http://app.localhost:9000/"


def signed_in(browser: Any) -> bool:
    return "code" in browser.answer(browser.authorize(prompt="none"))


def test_logout_ends_the_session_and_returns(browser: Any) -> None:
    browser.sign_in()
    assert signed_in(browser)
    answer = browser.http.get("/v2/logout", params={"client_id": browser.app["client_id"], "returnTo": CALLBACK})
    assert (answer.status_code, answer.headers["location"]) == (302, CALLBACK)
    assert not signed_in(browser)


def test_the_old_cookie_is_worthless_after_logout(browser: Any) -> None:
    browser.sign_in()
    cookies = dict(browser.http.cookies)
    browser.http.get("/v2/logout")
    browser.http.cookies.update(cookies)
    assert not signed_in(browser)


def test_without_an_address_the_first_of_the_application_is_taken(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(allowed_logout_urls=["http://one.localhost/", CALLBACK]))
    answer = browser.http.get("/v2/logout", params={"client_id": browser.app["client_id"]})
    assert answer.headers["location"] == "http://one.localhost/"
    assert browser.http.get("/v2/logout").text == "OK"


@pytest.mark.parametrize(
    "target", [CALLBACK, f"{CALLBACK}?from=logout", f"{CALLBACK}#top", "HTTP://APP.localhost:9000/"]
)
def test_logout_compares_the_page_without_query_and_fragment(browser: Any, target: str) -> None:
    answer = browser.http.get("/v2/logout", params={"client_id": browser.app["client_id"], "returnTo": target})
    assert (answer.status_code, answer.headers["location"]) == (302, target)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "https://app.localhost:9000/",
        "http://app.localhost:9000",
        "http://app.localhost:9001/",
        "http://app.localhost/",
        "http://app.localhost:9000//evil.example",
        "http://app.localhost:9000/deeper",
        "http://app.localhost:9000@evil.example/",
        "http://user@app.localhost:9000/",
        "http://app.localhost:9000\\@evil.example/",
        "http://app.localhost:port/",
        "http://evil.example?http://app.localhost:9000/",
        "//app.localhost:9000/",
        "javascript:alert(1)",
        "/",
        "",
    ],
)
def test_logout_returns_only_to_an_address_on_the_list(browser: Any, target: str) -> None:
    browser.sign_in()
    answer = browser.http.get("/v2/logout", params={"client_id": browser.app["client_id"], "returnTo": target})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert not signed_in(browser)


def test_an_application_may_not_use_the_list_of_another(browser: Any, tenant: Any) -> None:
    other = tenant.create_client(allowed_logout_urls=["http://other.localhost:9000/"])
    for client_id in (other["client_id"], "unknown"):
        answer = browser.http.get("/v2/logout", params={"client_id": client_id, "returnTo": CALLBACK})
        assert answer.status_code == 400


def test_without_an_application_the_tenants_list_counts(browser: Any, tenant: Any) -> None:
    target = "http://tenant.localhost:9000/"
    assert browser.http.get("/v2/logout", params={"returnTo": target}).status_code == 400
    assert tenant.management("PATCH", "/tenants/settings", {"allowed_logout_urls": [target]}).status_code == 200
    assert browser.http.get("/v2/logout", params={"returnTo": target}).headers["location"] == target
    oidc = browser.http.get("/oidc/logout", params={"post_logout_redirect_uri": target})
    assert oidc.headers["location"] == target


@pytest.fixture(params=["GET", "POST"])
def log_out(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return a function that requests /oidc/logout by either method (RP-Initiated Logout 1.0 §2)."""

    def send(browser: Any, **parameters: str) -> Any:
        if request.param == "GET":
            return browser.http.get("/oidc/logout", params=parameters)
        return browser.http.post("/oidc/logout", data=parameters)

    return send


def sid_of(tokens: dict[str, Any]) -> str:
    return str(jwt.decode(tokens["id_token"], options={"verify_signature": False})["sid"])


def test_the_standard_logout_returns_the_state(browser: Any, log_out: Any) -> None:
    hint = browser.tokens()["id_token"]
    answer = log_out(browser, id_token_hint=hint, post_logout_redirect_uri=CALLBACK, state="s")
    assert answer.headers["location"] == f"{CALLBACK}?state=s"
    assert not signed_in(browser)


def test_the_session_id_is_hint_enough(browser: Any, log_out: Any) -> None:
    hint, client_id = sid_of(browser.tokens()), browser.app["client_id"]
    answer = log_out(browser, logout_hint=hint, client_id=client_id, post_logout_redirect_uri=CALLBACK)
    assert answer.headers["location"] == CALLBACK
    assert not signed_in(browser)


def test_an_id_token_signed_with_the_secret_is_a_hint_with_its_client_id(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(jwt_configuration={"alg": "HS256"}))
    query = {"id_token_hint": browser.tokens()["id_token"], "post_logout_redirect_uri": CALLBACK}
    assert browser.http.get("/oidc/logout", params=query).status_code == 400
    answer = browser.http.get("/oidc/logout", params={**query, "client_id": browser.app["client_id"]})
    assert answer.headers["location"] == CALLBACK
    assert not signed_in(browser)


@pytest.mark.parametrize("hint", [{}, {"logout_hint": "guessed"}])
def test_without_a_fitting_hint_the_person_is_asked(browser: Any, log_out: Any, hint: dict[str, str]) -> None:
    """RP-Initiated Logout 1.0 §6: another site must not be able to sign people out."""
    browser.sign_in()
    query = {**hint, "client_id": browser.app["client_id"], "post_logout_redirect_uri": CALLBACK, "state": "s"}
    page = log_out(browser, **query)
    assert page.status_code == 200
    assert "form-action 'self' http://app.localhost:9000;" in page.headers["content-security-policy"]
    assert signed_in(browser)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert browser.http.post("/oidc/logout", data={**query, "csrf": "guessed"}).status_code == 200
    assert signed_in(browser)
    page = log_out(browser, **query)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    answer = browser.http.post("/oidc/logout", data={**query, "csrf": csrf})
    assert answer.headers["location"] == f"{CALLBACK}?state=s"
    assert not signed_in(browser)


def test_a_visitor_who_is_not_signed_in_is_not_asked(browser: Any, log_out: Any) -> None:
    answer = log_out(browser, client_id=browser.app["client_id"], post_logout_redirect_uri=CALLBACK)
    assert answer.headers["location"] == CALLBACK
    assert log_out(browser).text == "OK"


def test_the_tenant_may_choose_not_to_ask(tmp_path: Any, run_tenant: Any, browser_of: Any) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        change = {"sessions": {"oidc_logout_prompt_enabled": False}}
        assert tenant.management("PATCH", "/tenants/settings", change).status_code == 200
        browser = browser_of(tenant.create_client(), at=tenant)
        browser.sign_in()
        assert browser.http.get("/oidc/logout").text == "OK"
        assert not signed_in(browser)


@pytest.mark.parametrize("name", ["id_token_hint", "client_id", "logout_hint", "post_logout_redirect_uri"])
def test_a_contradictory_change_is_refused_and_changes_nothing(
    browser: Any, tenant: Any, log_out: Any, name: str
) -> None:
    tokens = browser.tokens()
    good = {
        "id_token_hint": tokens["id_token"],
        "logout_hint": sid_of(tokens),
        "client_id": browser.app["client_id"],
        "post_logout_redirect_uri": CALLBACK,
    }
    wrong = {
        "id_token_hint": tokens["access_token"],
        "logout_hint": "another",
        "client_id": tenant.create_client()["client_id"],
        "post_logout_redirect_uri": f"{CALLBACK}?query=counts",
    }
    answer = log_out(browser, **{**good, name: wrong[name]})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert signed_in(browser)
    assert log_out(browser, **good).headers["location"] == CALLBACK
