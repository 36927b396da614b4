"""Races: if only one of two concurrent requests may succeed, exactly one does."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import jwt
import pytest

AUDIENCE = "https://StreamingResourceServer"
CALLBACK = "http://app.localhost:9000/"
AT_ONCE = 8


def at_once(tenant: Any, send: Callable[[httpx.Client], httpx.Response]) -> list[httpx.Response]:
    """Send the same request over several open connections at the same moment."""
    barrier = Barrier(AT_ONCE)

    def one(_: int) -> httpx.Response:
        with tenant.client() as http:
            http.get("/test")  # the connection is open before the start
            barrier.wait(300)
            return send(http)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.mark.parametrize("attempt", range(5))
def test_a_code_has_one_winner_and_its_replay_ends_what_the_winner_got(browser: Any, attempt: int) -> None:
    code = browser.sign_in()["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": browser.app["client_id"],
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": browser.verifier,
    }
    answers = at_once(browser.tenant, lambda http: http.post("/oauth/token", data=form))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 403: AT_ONCE - 1}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert browser.refresh(winner["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("attempt", range(5))
def test_a_refresh_token_has_one_winner_and_its_reuse_ends_the_family(browser: Any, attempt: int) -> None:
    token = browser.tokens()["refresh_token"]
    form = {"grant_type": "refresh_token", "client_id": browser.app["client_id"], "refresh_token": token}
    answers = at_once(browser.tenant, lambda http: http.post("/oauth/token", data=form))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 403: AT_ONCE - 1}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert browser.refresh(winner["refresh_token"]).json()["error"] == "invalid_grant"


def test_within_the_leeway_all_of_them_win_and_the_family_lives(browser_of: Any, tenant: Any) -> None:
    rotation = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 60}
    browser = browser_of(tenant.create_client(refresh_token=rotation))
    token = browser.tokens()["refresh_token"]
    form = {"grant_type": "refresh_token", "client_id": browser.app["client_id"], "refresh_token": token}
    answers = at_once(tenant, lambda http: http.post("/oauth/token", data=form))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == AT_ONCE
    assert all(browser.refresh(answer.json()["refresh_token"]).status_code == 200 for answer in answers)


def test_a_client_assertion_has_one_winner(tenant: Any, keys: list[tuple[str, str]]) -> None:
    app, (private, public) = tenant.create_machine(), keys[0]
    tenant.use_key(app, public)
    client_id = app["client_id"]
    claims = {"iss": client_id, "sub": client_id, "aud": tenant.issuer, "exp": int(time.time()) + 60, "jti": "once"}
    form = {
        "grant_type": "client_credentials",
        "audience": AUDIENCE,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, private, "RS256"),
    }
    answers = at_once(tenant, lambda http: http.post("/oauth/token", data=form))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: AT_ONCE - 1}


def test_a_sign_in_form_has_one_winner(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    cookies = dict(browser.http.cookies)

    def send(http: httpx.Client) -> httpx.Response:
        http.cookies.update(cookies)
        return http.post(page.url, data={"csrf": csrf, "person": "ada@example.com"})

    answers = at_once(browser.tenant, send)
    assert Counter(answer.status_code for answer in answers) == {303: 1, 400: AT_ONCE - 1}
