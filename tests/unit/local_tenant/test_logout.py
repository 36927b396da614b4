"""GET /v2/logout and /oidc/logout, over HTTP against a real process."""

from typing import Any

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


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "http://app.localhost:9000", "http://app.localhost:9000//evil.example", ""]
)
def test_logout_returns_only_to_an_address_on_the_list(browser: Any, target: str) -> None:
    browser.sign_in()
    answer = browser.http.get("/v2/logout", params={"client_id": browser.app["client_id"], "returnTo": target})
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert not signed_in(browser)


def test_an_application_may_not_use_the_list_of_another(browser: Any, tenant: Any) -> None:
    other = tenant.create_client(allowed_logout_urls=["http://other.localhost:9000/"])
    answer = browser.http.get("/v2/logout", params={"client_id": other["client_id"], "returnTo": CALLBACK})
    assert answer.status_code == 400


def test_without_an_application_the_tenants_list_counts(browser: Any, tenant: Any) -> None:
    target = "http://tenant.localhost:9000/"
    assert browser.http.get("/v2/logout", params={"returnTo": target}).status_code == 400
    assert tenant.management("PATCH", "/tenants/settings", {"allowed_logout_urls": [target]}).status_code == 200
    assert browser.http.get("/v2/logout", params={"returnTo": target}).headers["location"] == target


def test_the_standard_logout_returns_the_state(browser: Any) -> None:
    query = {"id_token_hint": browser.tokens()["id_token"], "post_logout_redirect_uri": CALLBACK, "state": "s"}
    answer = browser.http.get("/oidc/logout", params=query)
    assert answer.headers["location"] == f"{CALLBACK}?state=s"
    assert not signed_in(browser)
