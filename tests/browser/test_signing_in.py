"""Signing in: directly and through the login page, with the keyboard alone, and giving up half-way."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Route, expect

MOVIES_NEED_AMAZON = ("This API needs read:Movies. This sign-in grants read:Devices only.", "Amazon")
DEVICES_NEED_GOOGLE = ("This API needs read:Devices. This sign-in grants read:Movies only.", "Google")


@pytest.mark.parametrize(
    ("provider", "opened", "item", "closed", "reason"),
    [
        ("Amazon", "Movies", "Metropolis", "Devices", DEVICES_NEED_GOOGLE),
        ("Google", "Devices", "Living room television", "Movies", MOVIES_NEED_AMAZON),
    ],
)
def test_each_provider_opens_one_list_and_the_other_says_why_it_is_closed(
    visitor: Any, provider: str, opened: str, item: str, closed: str, reason: tuple[str, str]
) -> None:
    visitor.sign_in(provider)
    visitor.choose(opened)
    expect(visitor.page.get_by_role("cell", name=item, exact=True)).to_be_visible()

    with visitor.page.expect_response(re.compile(rf"/api/{closed.lower()}$")) as asked:
        visitor.choose(closed)
    assert asked.value.status == 403, "the denial is the API's, not the menu's"
    sentence, remedy = reason
    visitor.reads(sentence)
    visitor.reads(f"Sign in with {remedy} to see {closed.lower()}.")


def test_the_menu_marks_what_is_closed_and_leaves_it_reachable(visitor: Any) -> None:
    visitor.sign_in("Google")
    menu = visitor.page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Movies (closed to you)")).to_be_visible()
    expect(menu.get_by_role("link", name="Devices", exact=True)).to_be_visible()


def test_the_denial_leads_to_the_sign_in_that_opens_the_list(visitor: Any) -> None:
    visitor.sign_in("Google")
    visitor.choose("Movies")
    visitor.press("Sign in with Amazon")
    visitor.pass_the_provider()
    visitor.is_at("/movies")
    expect(visitor.page.get_by_role("cell", name="Metropolis", exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("status").get_by_role("heading")).to_have_count(0)


def test_a_providers_own_button_skips_the_login_page(visitor: Any) -> None:
    seen: list[str] = []
    visitor.page.on("framenavigated", lambda frame: seen.append(frame.url))
    visitor.visit("/devices")
    visitor.press("Open with Google")
    visitor.pass_the_provider()
    visitor.is_at("/devices")
    visitor.is_signed_in()
    assert [url for url in seen if "/u/login" in url] == []


def test_a_deep_link_asks_to_sign_in_and_is_kept(visitor: Any) -> None:
    visitor.visit("/movies")
    visitor.heading("Sign in to see movies")
    visitor.open_the_login_page("/movies")
    visitor.pass_the_login_page("Amazon")
    visitor.pass_the_provider()
    visitor.is_at("/movies")
    visitor.heading("Movies")


def test_the_keyboard_alone_is_enough_to_sign_in(visitor: Any) -> None:
    page = visitor.page
    visitor.visit()
    visitor.is_signed_out()
    tab_to(page.get_by_role("button", name="Open with Amazon", exact=True))
    page.keyboard.press("Enter")
    tab_to(page.get_by_role("button", name="Ada Lovelace"))
    page.keyboard.press("Enter")
    visitor.is_signed_in()


def tab_to(target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(30):
        target.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {target}")


def test_the_name_of_the_person_is_shown(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    visitor.heading("Welcome, Ada Lovelace")
    visitor.reads("You are signed in with Amazon.")
    expect(visitor.page.get_by_role("banner").get_by_text("Ada Lovelace")).to_be_visible()


@pytest.mark.parametrize("host_answers", [True, False])
def test_the_picture_of_the_person_is_shown_and_their_initials_where_it_fails(visitor: Any, host_answers: bool) -> None:
    address = "https://lh3.googleusercontent.com/katherine.svg"
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>'
    visitor.page.route(
        address,
        lambda route: route.fulfill(content_type="image/svg+xml", body=picture) if host_answers else route.abort(),
    )
    visitor.visit()
    visitor.press("Open with Google")
    visitor.page.get_by_label("Name").fill("Katherine Johnson")
    visitor.page.get_by_label("E-mail address").fill("katherine@example.com")
    visitor.page.get_by_label("Picture address").fill(address)
    visitor.press("Sign in")
    visitor.heading("Welcome, Katherine Johnson")
    banner = visitor.page.get_by_role("banner")
    expect(banner.locator("img")).to_have_count(1 if host_answers else 0)
    expect(banner.get_by_text("KJ", exact=True)).to_have_count(0 if host_answers else 1)


def test_giving_up_at_the_provider_is_explained_with_a_way_back(visitor: Any) -> None:
    visitor.visit("/movies")
    visitor.press("Open with Amazon")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    visitor.is_at("/movies")

    visitor.press("Try again")
    visitor.pass_the_login_page("Amazon")
    visitor.pass_the_provider()
    visitor.is_at("/movies")
    visitor.is_signed_in()


@pytest.mark.parametrize("query", ["?code=forged&state=forged", "?error=access_denied&state=forged"])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(visitor: Any, query: str) -> None:
    visitor.visit(f"/{query}")
    visitor.reads("This sign-in was started elsewhere")
    visitor.is_at("/")
    visitor.is_signed_out()


def test_words_in_the_address_are_never_shown(visitor: Any) -> None:
    visitor.visit("/?error=call_us&error_description=Call+555-0100+now&state=x")
    visitor.is_signed_out()
    expect(visitor.page.get_by_text("555-0100")).to_have_count(0)


def test_an_answer_with_another_state_signs_nobody_in(visitor: Any) -> None:
    """A pending sign-in must not accept a stranger's code (RFC 6749 §10.12)."""
    # Runs before the site's own scripts on every page, as if this answer had arrived.
    visitor.page.add_init_script(
        "if (location.search.includes('code=')) "
        "history.replaceState(null, '', location.href.replace(/state=[^&]*/, 'state=forged'))"
    )
    visitor.visit()
    visitor.press("Open with Amazon")
    visitor.pass_the_provider()
    visitor.reads("This sign-in is not yours")
    expect(visitor.page.get_by_role("button", name="Sign out")).to_have_count(0)


def test_nothing_of_the_implicit_flow_is_loaded(visitor: Any) -> None:
    loaded: list[str] = []
    visitor.page.on("request", lambda request: loaded.append(urlsplit(request.url).path))
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    assert any(path.startswith("/assets/sign_in-") for path in loaded)
    assert not any(path.startswith("/assets/implicit-") for path in loaded)


def test_signing_out_while_a_list_is_refused_ends_without_an_error(visitor: Any) -> None:
    """The refusal arrives after the sign-out; `visitor` fails on an uncaught error of a script."""
    lists: list[Route] = []
    frames: list[Route] = []
    visitor.sign_in("Amazon")
    visitor.page.route("**/api/devices", lambda route: lists.append(route))
    visitor.page.route("**/authorize?*web_message*", lambda route: frames.append(route))
    with visitor.page.expect_request("**/api/devices"):
        visitor.choose("Devices")
    with visitor.page.expect_request("**/authorize?*web_message*"):
        visitor.press("Sign out")
    with visitor.page.expect_response("**/api/devices"):
        lists[0].continue_()
    visitor.page.evaluate("() => new Promise(setTimeout)")  # the code that waits for the answer has run
    frames[0].continue_()
    visitor.is_signed_out()
