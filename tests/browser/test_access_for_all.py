"""Accessibility: screen readers and the keyboard. test_every_state.py checks each state on each screen."""

from typing import Any

from playwright.sync_api import expect


def test_moving_to_a_view_moves_the_focus_and_the_title_along(visitor: Any) -> None:
    visitor.sign_in("Google")
    for entry in ("Devices", "Movies", "Access token"):
        visitor.choose(entry)
        expect(visitor.page.get_by_role("heading", name=entry, level=1)).to_be_focused()
        expect(visitor.page).to_have_title(f"{entry} · Gatehouse")
    visitor.page.go_back()
    expect(visitor.page.get_by_role("heading", name="Movies", level=1)).to_be_focused()


def test_the_first_tab_stop_leads_past_the_head(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    visitor.page.reload()
    visitor.is_signed_in()
    heading = visitor.page.get_by_role("heading", level=1).element_handle()
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    assert heading.evaluate("element => element.isConnected"), "the view is not drawn again while somebody reads it"


def test_the_menu_marks_the_current_page(visitor: Any) -> None:
    visitor.sign_in("Google", "/devices")
    current = visitor.page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(current).to_have_text("Devices")


def test_a_screen_reader_hears_that_the_list_has_arrived(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    expect(visitor.page.locator("#announcer")).to_have_text("20 movies so far")


def test_a_visitor_who_asks_for_reduced_motion_gets_none(open_visitor: Any) -> None:
    visitor = open_visitor(reduced_motion="reduce")
    visitor.visit()
    visitor.is_signed_out()
    moving = "() => [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s')"
    assert visitor.page.evaluate(f"({moving})().length") == 0
