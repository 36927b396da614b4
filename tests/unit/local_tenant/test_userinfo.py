"""GET /userinfo, over HTTP against a real process."""

from typing import Any

import pytest

ORIGIN = "http://app.localhost:9000"


def test_it_tells_what_the_scopes_open(browser: Any) -> None:
    token = browser.tokens(scope="openid email read:Devices")["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Origin": ORIGIN}
    answer = browser.http.get("/userinfo", headers=headers)
    assert set(answer.json()) == {"sub", "email", "email_verified"}
    assert answer.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic YTpi"])
def test_without_a_good_token_it_answers_401(browser: Any, header: str) -> None:
    answer = browser.http.get("/userinfo", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_without_openid_is_not_for_userinfo(browser: Any) -> None:
    token = browser.tokens(scope="read:Devices")["access_token"]
    assert browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_an_id_token_is_no_access_token(browser: Any) -> None:
    token = browser.tokens()["id_token"]
    assert browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401
