"""Every state of the site, checked by axe-core in light and dark, on a desktop and on a phone, and at every width.

A few visitors go through all states; each state leaves two pictures in build/screenshots.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.tools import ROOT
from tests.browser.test_troubles import API, BLOCKED, BROKEN_TENANT, fulfil, refuse_at_the_tenant

AXE = (ROOT / "site/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 740}}
PICTURES = {("desktop", "light"), ("phone", "dark")}
WIDTHS = (320, 480, 768, 1024, 1920, 3840)
RULES = {
    "light": "{ resultTypes: ['violations'] }",
    # No other rule is about colours.
    "dark": "{ resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block'] }",
}

# Finds everything that sticks out of the window, is cut off by its box, or covers a control.
# ruff: noqa: E501 - JavaScript
MISPLACED = """() => {
    const isClipped = (node) => node !== null && (getComputedStyle(node).clipPath !== "none" || isClipped(node.parentElement));
    const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && !isClipped(node) && !node.matches(".skip-link");
    const name = (node) => `${node.localName}.${node.className} "${node.textContent.slice(0, 40)}"`;
    const all = [...document.body.querySelectorAll("*")].filter(shown);
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const node of all) {
        const { left, right, width } = node.getBoundingClientRect();
        if (width > 1 && (left < -1 || right > innerWidth + 1)) found.push(`outside: ${name(node)}`);
        const style = getComputedStyle(node);
        const cut = node.scrollWidth > node.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
        if (cut && node.clientWidth > 1 && !["INPUT", "SELECT"].includes(node.tagName)) found.push(`cut off: ${name(node)}`);
    }
    const operable = all.filter((node) => node.matches("a[href], button, input, select, summary"));
    operable.forEach((one, place) => {
        const a = one.getBoundingClientRect();
        for (const other of operable.slice(place + 1)) {
            const b = other.getBoundingClientRect();
            const over = a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
            if (over && !one.contains(other)) found.push(`overlap: ${name(one)} and ${name(other)}`);
        }
    });
    return found;
}"""


class Looker:
    """Checks the page as it is now, in every way, and collects the problems."""

    def __init__(self, page: Page, save_picture: Callable[[Page, str], None]) -> None:
        self.page = page
        self.save = save_picture
        self.problems: list[str] = []

    def look(self, state: str) -> None:
        page = self.page
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for name, size in SIZES.items():
                page.set_viewport_size(size)  # type: ignore[arg-type] # width and height
                if (name, scheme) in PICTURES:
                    self.save(page, f"{state}-{name}-{scheme}")
                found = page.evaluate(f"axe.run(document, {RULES[scheme]}).then(({{ violations }}) => violations)")
                self.note(f"{state}, {name}, {scheme}", [f"{each['id']}: {each['nodes'][0]['html']}" for each in found])
        for width in (*WIDTHS, *(size["width"] for size in SIZES.values())):
            page.set_viewport_size({"width": width, "height": 800})
            self.note(f"{state}, {width} px", page.evaluate(MISPLACED))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for size in SIZES.values():
            page.set_viewport_size(size)  # type: ignore[arg-type] # width and height
            self.note(f"{state}, text at 200 %", page.evaluate(MISPLACED))
        page.evaluate("document.documentElement.style.fontSize = ''")

    def note(self, where: str, problems: list[str]) -> None:
        self.problems += [f"{where}: {problem}" for problem in problems]


@pytest.fixture
def looker(visitor: Any, save_picture: Callable[[Page, str], None]) -> Iterator[Looker]:
    made = Looker(visitor.page, save_picture)
    yield made
    assert made.problems == []


def test_the_states_of_somebody_who_is_signed_out(visitor: Any, looker: Looker, open_visitor: Any) -> None:
    page = visitor.page
    visitor.visit()
    visitor.is_signed_out()
    looker.look("signed-out")
    page.get_by_role("combobox", name="Language").select_option("de")
    expect(page.get_by_role("button", name="Mit Google öffnen")).to_be_visible()
    looker.look("signed-out-german")
    page.get_by_role("combobox", name="Sprache").select_option("en")
    visitor.visit("/movies")
    visitor.heading("Sign in to see movies")
    looker.look("asked")
    visitor.visit("/nowhere")
    visitor.heading("There is nothing here")
    looker.look("nowhere")
    visitor.visit("/?code=old&state=old")
    visitor.reads("This sign-in was started elsewhere")
    looker.look("foreign-answer")
    page.route("**/authorize?*", BROKEN_TENANT["absent"], times=1)
    visitor.press("Open with Google")
    visitor.reads("Sign-in is not available")
    looker.look("sign-in-unavailable")
    visitor.visit("/movies")
    refuse_at_the_tenant(visitor, "access_denied", "Only staff may come in, at " + "x" * 60)
    visitor.press("Open with Amazon")
    visitor.reads("The sign-in service refused you")
    looker.look("denied-by-the-action")
    visitor.visit("/movies")
    visitor.press("Open with Amazon")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    looker.look("cancelled")
    page.route("**/config.json", fulfil(200, {"auth0": 7}), times=1)
    visitor.visit()
    visitor.reads("Something is missing")
    looker.look("configuration-missing")
    visitor.hurry()
    page.route(re.compile("/assets/main-"), lambda route: route.abort(), times=1)
    visitor.visit()
    expect(page.get_by_role("link", name="Load the page again")).to_be_visible()
    looker.look("does-not-start")
    page.add_init_script(BLOCKED)
    visitor.visit()
    visitor.press("Open with Google")
    visitor.reads("Your browser blocks signing in")
    looker.look("storage-blocked")


def test_the_states_of_somebody_who_is_signed_in(visitor: Any, looker: Looker) -> None:
    page = visitor.page
    visitor.waits_for_ever()
    visitor.sign_in("Amazon")
    visitor.heading("Welcome, Ada Lovelace")
    looker.look("welcome")
    held: list[Any] = []
    page.route("**/authorize?*", lambda route: held.append(route), times=1)
    page.reload(wait_until="commit")  # on a busy machine the held frame begins before the page is loaded
    visitor.reads("Looking up your sign-in … This takes longer than usual. Still trying.")
    visitor.heading("Welcome back")
    looker.look("restoring")
    held.pop().continue_()
    visitor.heading("Welcome, Ada Lovelace")
    page.route(API, lambda route: held.append(route), times=1)
    visitor.choose("Movies")
    visitor.reads("This takes longer than usual. Still trying.")
    looker.look("list-loading")
    held[0].continue_()
    visitor.reads("20 movies so far")
    looker.look("list")
    page.get_by_text("The request behind this").click()
    looker.look("request-drawer")
    page.get_by_role("searchbox").fill("nothing like it")
    visitor.reads("Nothing matches.")
    looker.look("list-no-match")
    visitor.visit("/movies/metropolis")
    visitor.heading("Metropolis")
    looker.look("detail")
    visitor.visit("/movies/no-such-movie")
    visitor.reads("There is nothing here")
    looker.look("detail-missing")
    visitor.choose("Devices")
    visitor.reads("Closed to you")
    looker.look("denial")
    visitor.choose("Access token")
    expect(page.get_by_role("timer")).to_be_visible()
    looker.look("access-token")
    page.route("**/oauth/token", BROKEN_TENANT["absent"], times=1)
    visitor.press("Renew now")
    visitor.reads("Sign-in is not available")
    looker.look("renewal-failed")


OTHER_LISTS = {
    "list-empty": (fulfil(200, {"items": []}), "There are no movies yet."),
    "list-hostile": (
        fulfil(200, {"items": [None, {"title": "W" * 300, "year": 10**20}]}),
        "2 movies, and that is all",
    ),
    "api-failed": (
        fulfil(500, {"message": "The table is away.", "request_id": "r-1"}),
        "The service has a problem",
    ),
    "rate-limited": (fulfil(429, {}, **{"retry-after": "300"}), "Too many requests"),
    "network-portal": (fulfil(200, "<html>"), "This network asks for something first"),
    "refused": (fulfil(401, {"error": "invalid_token"}), "Your sign-in is not accepted"),
    "stopped-on-the-way": (fulfil(403, "<html>"), "Stopped on the way"),
}


def test_the_states_of_a_list_that_is_otherwise(visitor: Any, looker: Looker) -> None:
    visitor.sign_in("Amazon")
    for state, (answer, title) in OTHER_LISTS.items():
        visitor.page.route(API, answer)
        visitor.choose("Movies")
        visitor.reads(title)
        looker.look(state)
        visitor.page.unroute(API)
        visitor.choose("Access token")
        visitor.heading("Access token")


def test_the_states_around_a_sign_out(visitor: Any, looker: Looker) -> None:
    page = visitor.page
    visitor.sign_in("Google", "/movies")
    visitor.reads("Closed to you")
    visitor.press("Sign in with Amazon")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    looker.look("cancelled-signed-in")
    page.context.set_offline(True)
    visitor.choose("Devices")
    visitor.reads("No connection")
    looker.look("offline")
    page.context.set_offline(False)
    page.route("**/authorize?*", BROKEN_TENANT["500"])
    page.reload()
    visitor.reads("Sign-in is not available")
    looker.look("tenant-down")
    page.unroute("**/authorize?*")
    visitor.press("Try again")
    visitor.is_signed_in()
    page.route("**/authorize?*", BROKEN_TENANT["500"], times=1)
    visitor.press("Sign out")
    visitor.reads("You are signed out here, not everywhere")
    looker.look("sign-out-unfinished")
    visitor.press("Finish signing out")
    visitor.reads("You are signed out")
    looker.look("signed-out-just-now")
