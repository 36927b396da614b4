"""The local tenant's pages, checked by axe-core in light and dark, on a desktop and on a phone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.test_every_state import AXE, RULES

SIZES = {"desk": {"width": 1100, "height": 800}, "phone": {"width": 360, "height": 640}}


def test_everybody_can_read_the_pages(visitor: Any, save_picture: Callable[[Page, str], None]) -> None:
    page = visitor.page

    def is_fine(name: str) -> None:
        expect(page.get_by_role("main")).to_be_visible()
        page.evaluate(AXE)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            for device, size in SIZES.items():
                page.set_viewport_size(size)
                save_picture(page, f"tenant-{name}-{scheme}-{device}")
                found = page.evaluate(f"axe.run(document, {rules}).then(({{ violations }}) => violations)")
                problems = [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]
                assert problems == [], (name, scheme, device)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, device)

    visitor.open_the_login_page()
    visitor.heading("Welcome to Gatehouse")
    is_fine("login")
    page.get_by_role("link", name="Continue with Amazon").click()
    visitor.heading("Sign in with Amazon")
    is_fine("identity-provider")
    page.get_by_label("Name").fill(" ")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Type a name of at most 100 characters.")
    is_fine("problem")
    page.goto(f"{visitor.auth0_url}/authorize?client_id=nobody")
    is_fine("error")
    page.goto(visitor.auth0_url)
    visitor.heading("Local tenant")
    is_fine("home")


def test_a_sign_in_needs_no_mouse(visitor: Any) -> None:
    visitor.open_the_login_page()
    visitor.heading("Welcome to Gatehouse")
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Continue with Amazon")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    visitor.heading("Sign in with Amazon")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    visitor.is_signed_in()
