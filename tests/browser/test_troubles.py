"""Failures that visitors meet: each has its own message, no state or address is lost, and nothing hangs."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, Request, Route, expect

API = re.compile(r"/api/movies")
PLACE = "/movies?sort=-year#list"


def fulfil(status: int, body: object, **headers: str) -> Callable[[Route], None]:
    """Return a handler that gives this answer instead of the API or the tenant."""
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if text.startswith("<") else "application/json"
    return lambda route: route.fulfill(status=status, body=text, headers={"content-type": kind, **headers})


BROKEN_TENANT: dict[str, Callable[[Route], None]] = {
    "500": fulfil(500, {"error": "x"}),
    "429": fulfil(429, {"error": "too_many_requests"}),
    "absent": lambda route: route.abort("connectionrefused"),
}


def keeps_its_place(visitor: Any, route: str) -> None:
    visitor.is_at(route)
    visitor.is_signed_in()


# From one page load to the next


def test_tabs_that_open_at_once_are_all_signed_in_and_none_loses_its_place(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.keep_cookies_from_frames()
    tabs = [visitor.page.context.new_page() for _ in range(6)]
    for tab in tabs:
        tab.goto(visitor.site_url + "/token", wait_until="commit")
    for tab in tabs:
        expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
        expect(tab).to_have_url(visitor.site_url + "/token")
    keeps_its_place(visitor, "/movies")


def test_an_address_that_looks_like_an_answer_is_the_page_that_was_asked_for(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    for address, place in (
        ("/movies?state=CA&code=EUR", "/movies?state=CA&code=EUR"),
        ("/?error=x&state=y", "/"),
        ("/?code=old&state=old", "/"),
        ("/token#access_token=x&state=y", "/token#access_token=x&state=y"),
    ):
        visitor.visit(address)
        keeps_its_place(visitor, place)


def test_reloads_while_the_answer_is_exchanged_sign_in_at_the_same_place(visitor: Any) -> None:
    held: list[Route] = []
    visitor.page.route("**/oauth/token", lambda route: held.append(route), times=2)
    visitor.visit(PLACE)
    visitor.press("Open with Amazon")
    for count in (1, 2):
        with visitor.page.expect_request("**/oauth/token"):
            if count == 1:
                visitor.pass_the_provider()
            else:
                visitor.page.reload(wait_until="commit")
        assert "code=" not in visitor.page.url
    visitor.page.reload(wait_until="commit")
    keeps_its_place(visitor, PLACE)


def test_a_deep_link_keeps_its_query_and_its_fragment(visitor: Any) -> None:
    visitor.sign_in("Amazon", PLACE)
    visitor.keep_cookies_from_frames()
    visitor.is_at(PLACE)
    visitor.page.reload()
    keeps_its_place(visitor, PLACE)
    expect(visitor.page.get_by_role("combobox", name="Sort by")).to_have_value("-year")


def test_reloads_leave_nothing_that_back_would_have_to_pass(visitor: Any) -> None:
    visitor.visit("/devices")
    visitor.sign_in("Amazon", "/movies")
    visitor.keep_cookies_from_frames()
    before = visitor.page.evaluate("history.length")
    for _ in range(2):
        visitor.page.reload()
        visitor.is_signed_in()
    assert visitor.page.evaluate("history.length") == before


def test_back_finds_a_list_as_it_was_left(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.press("Load more")
    visitor.reads("24 movies, and that is all")
    visitor.is_at("/movies?rows=24")
    visitor.page.evaluate("scrollTo(0, 900)")
    visitor.becomes("history.state?.scroll > 800")
    visitor.page.locator("tbody a").nth(18).click()
    expect(visitor.page.get_by_role("link", name="All Movies")).to_be_visible()
    visitor.page.go_back()
    visitor.reads("24 movies, and that is all")
    visitor.becomes("scrollY > 800")


def test_back_from_the_tenants_page_is_the_page_that_was_left(visitor: Any) -> None:
    visitor.visit(PLACE)
    visitor.press("Open with Amazon")
    expect(visitor.page.get_by_role("heading", name="Sign in with Amazon")).to_be_visible()
    visitor.page.go_back()
    visitor.is_at(PLACE)
    visitor.press("Open with Amazon")
    visitor.pass_the_provider()
    keeps_its_place(visitor, PLACE)


@pytest.mark.parametrize("reaches_the_frame", [True, False])
def test_a_reload_leaves_the_page_only_where_the_tenants_cookie_does_not_reach_the_frame(
    visitor: Any, reaches_the_frame: bool
) -> None:
    visitor.sign_in("Amazon", "/movies")
    if not reaches_the_frame:
        visitor.keep_cookies_from_frames()
    moves: list[str] = []
    visitor.page.on("framenavigated", lambda frame: moves.append(frame.url) if not frame.parent_frame else None)
    visitor.page.reload()
    keeps_its_place(visitor, "/movies")
    assert moves.pop(0) == visitor.site_url + "/movies"
    assert bool(moves) is not reaches_the_frame, moves


# The tenant does not answer


def test_a_page_is_not_left_for_a_tenant_that_does_not_answer(visitor: Any) -> None:
    visitor.sign_in("Amazon", PLACE)
    for fault in BROKEN_TENANT.values():
        visitor.page.route("**/authorize?*", fault)
        for _ in range(2):
            visitor.page.reload()
            visitor.reads("Sign-in is not available")
            visitor.is_at(PLACE)
        visitor.page.unroute("**/authorize?*")
        visitor.press("Try again")
        keeps_its_place(visitor, PLACE)


def test_a_sign_in_that_cannot_begin_says_so_on_the_page_and_stays_there(visitor: Any) -> None:
    for fault in BROKEN_TENANT.values():
        visitor.page.route("**/authorize?*", fault)
        visitor.visit(PLACE)
        visitor.press("Open with Amazon")
        visitor.reads("Sign-in is not available")
        visitor.is_at(PLACE)
        visitor.page.unroute("**/authorize?*")
        visitor.press("Try again")
        expect(visitor.page.get_by_role("heading", name="Sign in with Amazon")).to_be_visible()
    visitor.pass_the_provider()
    keeps_its_place(visitor, PLACE)


def test_a_sign_out_that_does_not_reach_the_tenant_says_so_and_is_finished_later(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.page.route("**/authorize?*", BROKEN_TENANT["absent"])
    visitor.press("Sign out")
    visitor.reads("You are signed out here, not everywhere")
    visitor.is_signed_out()
    visitor.page.unroute("**/authorize?*")
    visitor.press("Finish signing out")
    visitor.reads("You are signed out")
    visitor.press("Open with Amazon")
    expect(visitor.page.get_by_role("heading", name="Sign in with Amazon")).to_be_visible()


def test_without_a_network_signing_in_and_out_say_so(visitor: Any) -> None:
    visitor.visit("/movies")
    visitor.is_signed_out()
    visitor.page.context.set_offline(True)
    visitor.press("Open with Amazon")
    visitor.reads("No connection")
    visitor.page.context.set_offline(False)
    visitor.press("Try again")
    visitor.pass_the_provider()
    visitor.is_signed_in()


def test_an_exchange_that_fails_is_tried_again_without_the_visitor(visitor: Any) -> None:
    visitor.page.route("**/oauth/token", BROKEN_TENANT["absent"], times=1)
    visitor.visit(PLACE)
    visitor.press("Open with Amazon")
    visitor.pass_the_provider()
    visitor.reads("Sign-in is not available")
    visitor.is_at(PLACE)
    visitor.press("Try again")
    keeps_its_place(visitor, PLACE)


def test_a_renewal_that_fails_leaves_the_token_at_hand_in_use(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    for fault in BROKEN_TENANT.values():
        visitor.choose("Access token")
        expect(visitor.page.get_by_role("timer")).to_be_visible()
        visitor.page.route("**/oauth/token", fault)
        visitor.press("Renew now")
        visitor.reads("Sign-in is not available")
        expect(visitor.page.get_by_role("timer")).to_be_visible()
        visitor.choose("Movies")
        visitor.reads("20 movies so far")
        visitor.page.unroute("**/oauth/token")


def test_a_session_that_the_tenant_has_ended_says_so(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/token")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    headers = {"access-control-allow-origin": visitor.site_url, "access-control-allow-credentials": "true"}
    gone = {"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."}
    visitor.page.route("**/oauth/token", fulfil(403, gone, **headers))
    visitor.press("Renew now")
    visitor.reads("Your session has ended")
    expect(visitor.page.get_by_role("button", name="Sign in again")).to_be_visible()


# The start


def test_a_module_that_does_not_load_is_reported_with_a_button(visitor: Any) -> None:
    visitor.hurry()
    visitor.page.route(re.compile(r"/assets/main-"), lambda route: route.abort())
    visitor.visit("/movies")
    again = visitor.page.get_by_role("link", name="Load the page again")
    expect(again).to_be_visible()
    visitor.page.unroute(re.compile(r"/assets/main-"))
    again.click()
    visitor.is_signed_out()
    visitor.is_at("/movies")


def test_a_module_that_hangs_is_reported_too(visitor: Any) -> None:
    visitor.hurry()
    visitor.page.route(re.compile(r"/assets/main-"), lambda _: None)
    visitor.page.goto(visitor.site_url, wait_until="commit")
    expect(visitor.page.get_by_role("link", name="Load the page again")).to_be_visible()
    expect(visitor.page.get_by_role("banner").get_by_text("Gatehouse")).to_be_visible()
    visitor.page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("moment", ["pressed", "back from the provider"])
def test_a_part_that_does_not_load_is_reported(visitor: Any, moment: str) -> None:
    part = re.compile(r"/assets/sign_in-")
    visitor.visit("/movies")
    visitor.is_signed_out()
    if moment == "pressed":
        visitor.page.route(part, lambda route: route.abort())
        visitor.press("Open with Amazon")
        visitor.reads("A part of the site did not load")
        return
    visitor.press("Open with Amazon")
    expect(visitor.page.get_by_role("heading", name="Sign in with Amazon")).to_be_visible()
    visitor.page.route(part, lambda route: route.abort())
    visitor.pass_the_provider()
    visitor.reads("A part of the site did not load")
    visitor.page.unroute(part)
    visitor.press("Load the page again")
    keeps_its_place(visitor, "/movies")


@pytest.mark.parametrize(
    ("handler", "title"),
    [
        (lambda route: route.abort(), "The site cannot be reached"),
        (lambda _: None, "The site is slow to start"),
        (fulfil(403, "<html>"), "Something is missing"),
        (fulfil(200, "<html>"), "This network asks for something first"),
        (fulfil(200, {"auth0": 7}), "Something is missing"),
    ],
    ids=["absent", "hangs", "403", "portal", "malformed"],
)
def test_a_configuration_that_does_not_arrive_is_reported_with_a_button(
    visitor: Any, handler: Callable[[Route], None], title: str
) -> None:
    visitor.page.route("**/config.json", handler)
    visitor.page.goto(visitor.site_url + "/movies", wait_until="commit")
    visitor.reads(title)
    visitor.page.unroute("**/config.json")
    visitor.press("Try again")
    visitor.is_signed_out()


BLOCKED = """
const blocked = { get() { throw new DOMException("blocked", "SecurityError"); } };
Object.defineProperty(window, "localStorage", blocked);
Object.defineProperty(window, "sessionStorage", blocked);
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"


@pytest.mark.parametrize("script", [BLOCKED, FULL], ids=["blocked", "full"])
def test_a_browser_that_keeps_nothing_shows_the_page_and_says_why_it_cannot_sign_in(visitor: Any, script: str) -> None:
    visitor.page.add_init_script(script)
    visitor.visit("/movies")
    visitor.is_signed_out()
    visitor.press("Open with Amazon")
    visitor.reads("Your browser blocks signing in")
    visitor.is_at("/movies")


# Refused


def refuse_at_the_tenant(visitor: Any, error: str, description: str) -> None:
    """Let the tenant give this answer to the next sign-in, with the state of the request."""

    def answer(route: Route) -> None:
        state = parse_qs(urlsplit(route.request.url).query)["state"][0]
        query = urlencode({"error": error, "error_description": description, "state": state})
        route.fulfill(status=302, headers={"location": f"{visitor.site_url}/?{query}"})

    visitor.page.route(re.compile(r"/authorize\?(?!.*web_message)"), answer, times=1)


def test_giving_up_another_sign_in_keeps_the_one_that_there_was(visitor: Any) -> None:
    visitor.sign_in("Google", "/movies")
    visitor.press("Sign in with Amazon")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    keeps_its_place(visitor, "/movies")
    visitor.page.reload()
    keeps_its_place(visitor, "/movies")


def test_a_refusal_of_the_action_has_its_reason_and_another_way(visitor: Any) -> None:
    visitor.visit("/movies")
    visitor.is_signed_out()
    refuse_at_the_tenant(visitor, "access_denied", "Only <b>staff</b> may come in.")
    visitor.press("Open with Amazon")
    visitor.reads("It says: “Only <b>staff</b> may come in.”")
    visitor.is_at("/movies")
    with visitor.page.expect_request(re.compile(r"/authorize\?.*prompt=login")):
        visitor.press("Use another account")


NO_LISTS: tuple[tuple[Callable[[Route], None], str, str | None], ...] = (
    (
        fulfil(403, {"error": "insufficient_scope", "message": "You are not 18.", "reason_code": "age"}),
        "Closed to you",
        "You are not 18.",
    ),
    (fulfil(403, "<html>Request blocked.</html>"), "Stopped on the way", None),
    (fulfil(401, {"error": "invalid_token", "message": "Sign in again."}), "Your sign-in is not accepted", None),
    (fulfil(200, "<html>Welcome to our hotel"), "This network asks for something first", None),
    (fulfil(500, {"message": {"a": "b"}}), "The service has a problem", "The service answered with status 500."),
    (fulfil(200, {"items": 7}), "The answer is unreadable", None),
    (lambda route: route.abort("connectionreset"), "The service cannot be reached", None),
)


def test_an_api_that_gives_no_list_says_why(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    for answer, title, sentence in NO_LISTS:
        visitor.page.route(API, answer)
        visitor.choose("Movies")
        visitor.reads(title)
        if sentence:
            visitor.reads(sentence)
        keeps_its_place(visitor, "/movies")
        visitor.page.unroute(API)
        visitor.choose("Access token")
        visitor.heading("Access token")


def test_an_api_that_asks_for_a_pause_gets_it_and_is_asked_again(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    visitor.page.route(API, fulfil(429, {"error": "too_many_requests"}, **{"retry-after": "2"}), times=1)
    visitor.choose("Movies")
    visitor.reads("Too many requests")
    visitor.reads("20 movies so far")


def test_a_wrong_clock_of_the_device_is_reported_with_the_difference(visitor: Any) -> None:
    visitor.page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=3))
    visitor.sign_in_and_fail("Amazon", "/movies")
    visitor.reads("The clock of this device is wrong")
    visitor.reads("It differs from the right time by 3 hr, so sign-ins look expired.")


def test_a_wrong_clock_of_the_tenant_is_reported(visitor: Any, faults: Any) -> None:
    faults(clock_skew_seconds=-7200)
    visitor.sign_in_and_fail("Amazon", "/movies")
    visitor.reads("The sign-in service has the wrong time")


# Other tabs


def test_another_person_in_another_tab_is_noticed(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    other = visitor.another_tab()
    other.visit("/devices")
    other.is_signed_in()
    other.press("Sign in with Google")
    other.pass_the_provider()
    other.is_signed_in()
    visitor.reads("Somebody else has signed in")
    expect(visitor.page.get_by_text("Metropolis")).to_have_count(0)
    visitor.press("Go on")
    visitor.is_signed_in()
    visitor.reads("Closed to you")


def test_a_tab_that_is_signed_out_hears_of_a_sign_in(visitor: Any) -> None:
    visitor.visit("/movies")
    visitor.is_signed_out()
    visitor.another_tab().sign_in("Amazon")
    visitor.press("Go on")
    keeps_its_place(visitor, "/movies")


# What an API sends


def test_rows_without_a_shape_are_shown_sensibly(visitor: Any) -> None:
    hostile = {"id": "x", "title": "<img src=x onerror=alert(1)>\u202e gnp", "year": [1, None], "genre": {"a": 1}}
    visitor.sign_in("Amazon")
    visitor.page.route(API, fulfil(200, {"items": [None, hostile]}))
    visitor.choose("Movies")
    visitor.reads("2 movies, and that is all")
    rows = visitor.page.locator("tbody").get_by_role("row")
    dash = "\N{EN DASH}"
    assert rows.nth(0).get_by_role("cell").all_inner_texts() == [dash] * 4
    assert rows.nth(1).get_by_role("cell").all_inner_texts()[1:] == [f"1 and {dash}", '{"a":1}', dash]
    expect(visitor.page.locator("tbody img")).to_have_count(0)
    expect(visitor.page.locator("tbody bdi")).to_have_count(8)


def test_none_and_one_are_counted_as_people_do(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    for items, summary in (
        ([], "There are no movies yet."),
        ([{"id": "1", "title": "Metropolis"}], "1 entry, and that is all"),
    ):
        visitor.page.route(API, fulfil(200, {"items": items}))
        visitor.choose("Movies")
        visitor.reads(summary)
        visitor.choose("Access token")
        visitor.heading("Access token")


def test_a_long_name_and_its_direction_stay_within_the_page(open_visitor: Any) -> None:
    visitor = open_visitor(viewport={"width": 360, "height": 740})
    visitor.visit()
    visitor.press("Open with Google")
    visitor.page.get_by_label("Name").fill("\u202e" + "W" * 50)
    visitor.page.get_by_label("E-mail address").fill("long@example.com")
    visitor.press("Sign in")
    visitor.is_signed_in()
    for width in (360, 1440):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    assert "\u202e" not in visitor.page.title()


# The focus


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_the_focus_stays_on_the_button_that_was_pressed(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/token")
    renewed = visitor.page.locator("#announcer").get_by_text("The access token was renewed.")
    visitor.press("Renew now")
    expect(renewed).to_have_count(1)
    assert focused(visitor.page) == "Renew now"
    visitor.page.route(API, fulfil(500, {"message": "Away."}), times=2)
    visitor.choose("Movies")
    visitor.reads("Away.")
    with visitor.page.expect_response(API):
        visitor.press("Try again")
    visitor.becomes("document.activeElement.textContent === 'Try again'")
    visitor.press("Try again")
    visitor.reads("20 movies so far")
    assert visitor.page.evaluate("document.activeElement !== document.body")
    visitor.page.route(API, fulfil(500, {"message": "Away again."}), times=1)
    visitor.press("Load more")
    visitor.reads("Away again.")
    visitor.becomes("document.activeElement.textContent === 'Try again'")


# What leaves the page


def test_no_token_is_anywhere_that_outlives_the_page(visitor: Any) -> None:
    tokens: list[str] = []
    console: list[str] = []

    def hear(request: Request) -> None:
        if "/api/" in request.url and "authorization" in request.headers:
            tokens.append(request.headers["authorization"].removeprefix("Bearer "))

    visitor.page.on("request", hear)
    visitor.page.on("console", lambda message: console.append(message.text))
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    visitor.page.get_by_text("The request behind this").click()
    visitor.choose("Access token")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    kept = visitor.page.evaluate(
        """async () => JSON.stringify([
            {...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state, document.title,
            performance.getEntries().map(({ name }) => name), await indexedDB.databases(),
            await caches.keys(), document.documentElement.outerHTML,
        ])"""
    )
    assert tokens
    for token in tokens:
        signature = token.rsplit(".", 1)[1]
        assert signature not in kept + str(console)
    assert "refresh_token" not in kept
    assert "code=" not in visitor.page.url
