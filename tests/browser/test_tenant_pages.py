"""The local tenant's pages for every reader: checked by axe-core in light and dark, at a desk and on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.tools import ROOT

AXE = ROOT / "site/node_modules/axe-core/axe.min.js"
DESK, PHONE = {"width": 1100, "height": 800}, {"width": 360, "height": 640}


def problems(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, and whether it is wider than its window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document).then((result) => result.violations)")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] + ["wider than the window"] * wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "size"), [("desk", DESK), ("phone", PHONE)])
def test_everybody_can_read_the_pages(
    open_visitor: Callable[..., Any], save_picture: Callable[[Page, str], None], scheme: str, device: str, size: object
) -> None:
    visitor = open_visitor(viewport=size, color_scheme=scheme)
    page = visitor.page

    def is_fine(name: str) -> None:
        expect(page.get_by_role("main")).to_be_visible()
        save_picture(page, f"tenant-{name}-{scheme}-{device}")
        assert problems(page) == [], name

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
