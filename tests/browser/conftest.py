"""A browser for the running stack: one Chromium for all tests, a fresh visitor for each."""

import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Protocol

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from scripts.child_environment import for_program
from scripts.tools import ROOT, find_chromium
from tests.tls import CERTIFICATE_AUTHORITIES

# Without these, the browser's own services would use the network, which a test machine need not have.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--renderer-process-limit=1",  # a process for each page takes a fifth more of the processor
)
TIMEOUT_MILLISECONDS = 30_000
# Chromium writes one of the first two lines for each answer of 4xx or 5xx, and the last one if the site's script does
# not load. Tests that expect such an answer check the page instead.
STATUS_LINE = re.compile(
    r"^(Failed to load resource: |Access to fetch at '\S+' from origin '\S+' has been blocked by CORS policy"
    r"|The resource \S+/config\.json was preloaded using link preload but not used)"
)


PERSON = "Ada Lovelace"
# The site gives up after ten seconds, but on a busy machine a test needs longer to check a waiting page.
ENDLESS = """
const { setTimeout: wait } = window;
const longer = (milliseconds) => (milliseconds < 10_000 ? milliseconds : 2 ** 31 - 1);
window.setTimeout = (call, milliseconds, ...rest) => wait(call, longer(milliseconds), ...rest);
AbortSignal.timeout = () => new AbortController().signal;
"""


class RunningStack(Protocol):
    """The part of tests/conftest.py's stack that a browser needs; both addresses have no trailing slash."""

    @property
    def site_url(self) -> str: ...

    @property
    def auth0_url(self) -> str: ...


class Visitor:
    """A person at a browser: the steps of many tests, named by the words on the screen."""

    def __init__(self, page: Page, site_url: str, auth0_url: str) -> None:
        self.page = page
        self.site_url = site_url
        self.auth0_url = auth0_url

    def visit(self, route: str = "/") -> None:
        self.page.goto(self.site_url + route)

    def press(self, name: str) -> None:
        """Press the button with exactly this name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, entry: str) -> None:
        """Follow an entry of the site's menu."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=entry).click()

    def sign_in(self, provider: str, route: str = "/") -> None:
        """Sign in from the route, with the provider's button."""
        self.visit(route)
        self.press(f"Open with {provider}")
        self.pass_the_provider()
        self.is_signed_in()

    def sign_in_and_fail(self, provider: str, route: str) -> None:
        """Go through the steps of a sign-in that will fail."""
        self.visit(route)
        self.press(f"Open with {provider}")
        self.pass_the_provider()

    def keep_cookies_from_frames(self) -> None:
        """Act like a browser that sends frames no cookie of another site, like Safari: keep only the other cookie."""
        self.page.context.clear_cookies(name=re.compile(r"^auth0_\d+$"))

    def another_tab(self) -> "Visitor":
        """Open another tab of the same browser."""
        return Visitor(self.page.context.new_page(), self.site_url, self.auth0_url)

    def open_the_login_page(self, route: str = "/") -> None:
        """Go to the tenant's login page, as a site does that leaves the choice of the provider to it."""
        self.visit(route)
        self.is_signed_out()

        def drop_the_connection(sent: Route) -> None:
            sent.continue_(url=re.sub(r"&connection=[^&]*", "", sent.request.url))

        self.page.route("**/authorize?*", drop_the_connection)
        self.press("Open with Google")
        expect(self.page.get_by_role("link", name="Continue with Google")).to_be_visible()
        self.page.unroute("**/authorize?*")

    def pass_the_login_page(self, provider: str) -> None:
        """Choose the provider on the tenant's login page."""
        self.page.get_by_role("link", name=f"Continue with {provider}").click()

    def pass_the_provider(self) -> None:
        """Sign in as one of the people on the page that replaces Amazon or Google."""
        self.page.get_by_role("button", name=PERSON).click()

    def is_signed_in(self) -> None:
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def is_signed_out(self) -> None:
        expect(self.page.get_by_role("button", name="Open with Google")).to_be_visible()
        expect(self.page.get_by_role("button", name="Sign out")).to_have_count(0)

    def is_at(self, route: str) -> None:
        """Check that the page is on the route, with nothing of the sign-in in the address."""
        expect(self.page).to_have_url(self.site_url + route)

    def reads(self, text: str) -> None:
        expect(self.page.get_by_role("main").get_by_text(text, exact=True)).to_be_visible()

    def becomes(self, condition: str) -> None:
        """Wait until a JavaScript expression is true; Playwright's own way needs `eval`, which the site forbids."""
        end = time.monotonic() + TIMEOUT_MILLISECONDS / 1000
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, f"{condition} has not become true"
            self.page.wait_for_timeout(50)

    def hurry(self) -> None:
        """Make the animations of this page 20 times as fast, so that no test waits for seconds of them."""
        protocol = self.page.context.new_cdp_session(self.page)
        protocol.send("Animation.enable")
        protocol.send("Animation.setPlaybackRate", {"playbackRate": 20})

    def waits_for_ever(self) -> None:
        """Let the site's pages wait for an answer forever, so that a test can check a waiting page."""
        self.page.add_init_script(ENDLESS)

    def heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text, level=1)).to_be_visible()


class OpenVisitor(Protocol):
    """Makes a visitor with their own browser profile; options are Playwright's for a context."""

    def __call__(self, **options: object) -> Visitor: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium; without one, the error names the package to install."""
    # Chromium refuses to sandbox for root, the user of many test containers.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    flags += os.environ.get("GATEHOUSE_BROWSER_FLAGS", "").split()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags, env=dict(for_program()))
        yield browser
        browser.close()


@pytest.fixture
def open_visitor(chromium: Browser, stack: RunningStack) -> Iterator[OpenVisitor]:
    """Open visitors; at the end of the test, check that none met an error of a script or of the content policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not STATUS_LINE.match(message.text):
            complaints.append(f"{message.type}: {message.text}")

    def open_one(**options: object) -> Visitor:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return Visitor(context.new_page(), stack.site_url, stack.auth0_url)

    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def visitor(open_visitor: OpenVisitor) -> Visitor:
    """One person at a desktop browser."""
    return open_visitor(viewport={"width": 1280, "height": 860})


@pytest.fixture
def faults(stack: RunningStack) -> Iterator[Callable[..., None]]:
    """Request faults of the tenant, in the form that `/_faults` takes, until the test ends."""
    with httpx.Client(base_url=stack.auth0_url, timeout=30, trust_env=False, verify=CERTIFICATE_AUTHORITIES) as tenant:

        def ask(**wanted: object) -> None:
            tenant.put("/_faults", json=wanted).raise_for_status()

        yield ask
        tenant.delete("/_faults").raise_for_status()


@pytest.fixture(scope="session")
def save_picture() -> Callable[[Page, str], None]:
    """Return a function that saves a picture of the page as build/screenshots/<name>.png."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def save(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return save
