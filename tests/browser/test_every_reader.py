"""Readers who use a keyboard, a printer, forced colours, or another language."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect


def reached_by_tab(page: Page, most: int = 40) -> list[str]:
    """Press Tab until the focus leaves the page, and return the names of the elements that had it."""
    names: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => {
                const node = document.activeElement;
                if (node === document.body) return null;
                const { outlineStyle } = getComputedStyle(node, node.matches(".door-open a") ? "::after" : null);
                if (outlineStyle === "none") return `${node.textContent} has no visible focus`;
                return (node.ariaLabel || node.labels?.[0]?.textContent || node.textContent).trim();
            }"""
        )
        if name is None:
            return names
        names.append(name)
    pytest.fail(f"Tab does not end: {names}")


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(visitor: Any) -> None:
    visitor.sign_in("Google")
    visitor.page.reload()
    visitor.heading("Welcome, Ada Lovelace")
    assert reached_by_tab(visitor.page) == [
        *("Skip to the content", "Gatehouse", "Devices", "Movies (closed to you)", "Orders (closed to you)"),
        *("Access token", "Sign out", "Devices", "Sign in with Amazon", "Language"),
    ]


def test_the_keyboard_alone_searches_opens_and_comes_back(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    page = visitor.page
    page.get_by_role("searchbox", name="Search movies").focus()
    page.keyboard.type("metro")
    visitor.reads("1 of 24 matches")
    expect(page.get_by_role("searchbox")).to_be_focused()
    visitor.is_at("/movies?search=metro")
    page.get_by_role("link", name="Metropolis").focus()
    page.keyboard.press("Enter")
    visitor.heading("Metropolis")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("metro")
    visitor.reads("1 of 24 matches")


def test_a_list_can_be_sorted_and_the_order_linked(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies?sort=-year")
    visitor.reads("24 movies, and that is all")
    years = visitor.page.locator("td.is-number").all_inner_texts()
    assert years == sorted(years, reverse=True)
    visitor.page.get_by_role("combobox", name="Sort by").select_option("title")
    visitor.is_at("/movies?sort=title")
    titles = visitor.page.locator("tbody td:first-child").all_inner_texts()
    assert titles[0] < titles[-1]


def test_a_request_can_be_repeated_without_the_token_on_the_screen(open_visitor: Any) -> None:
    visitor = open_visitor(permissions=["clipboard-read", "clipboard-write"])
    visitor.sign_in("Google", "/devices")
    visitor.page.get_by_text("The request behind this").click()
    line = f"curl -i -H \"Authorization: Bearer $TOKEN\" '{visitor.site_url}/api/devices'"
    visitor.reads(line)
    visitor.press("Copy")
    expect(visitor.page.get_by_role("button", name="Copied.")).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == line


def test_in_forced_colours_what_is_current_and_how_much_is_left_are_marked(open_visitor: Any) -> None:
    visitor = open_visitor(forced_colors="active")
    visitor.sign_in("Amazon", "/token")
    current = visitor.page.get_by_role("navigation").get_by_role("link", name="Access token")
    assert current.evaluate("node => getComputedStyle(node).borderBlockEndStyle") == "solid"
    bar = visitor.page.get_by_role("progressbar")
    assert bar.evaluate("node => getComputedStyle(node).appearance") != "none"


def test_on_paper_there_is_nothing_to_press(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    visitor.page.emulate_media(media="print")
    expect(visitor.page.get_by_role("cell", name="Metropolis", exact=True)).to_be_visible()
    for gone in ("navigation", "button", "searchbox", "contentinfo"):
        expect(visitor.page.get_by_role(gone)).to_have_count(0)


def test_another_language_is_kept_and_speaks_of_numbers_and_lists_in_its_own_way(open_visitor: Any) -> None:
    visitor = open_visitor(locale="de-AT")
    page = visitor.page
    visitor.visit()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Melden Sie sich an, um Geräte, Filme und Orders zu sehen"
    )
    assert page.evaluate("document.documentElement.lang") == "de"
    page.get_by_role("combobox", name="Sprache").select_option("en")
    expect(page.get_by_role("combobox", name="Language")).to_be_focused()
    page.reload()
    visitor.is_signed_out()


def test_a_language_from_right_to_left_turns_the_page_and_not_the_names(open_visitor: Any) -> None:
    visitor = open_visitor(viewport={"width": 1024, "height": 800})
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    visitor.page.evaluate("document.documentElement.dir = 'rtl'")
    brand, account = visitor.page.locator(".brand"), visitor.page.locator(".account")
    assert brand.bounding_box()["x"] > account.bounding_box()["x"]
    first, last = visitor.page.get_by_role("columnheader").first, visitor.page.get_by_role("columnheader").last
    assert first.bounding_box()["x"] > last.bounding_box()["x"]
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 1024
