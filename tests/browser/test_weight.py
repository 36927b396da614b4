"""The weight of the page: the requests that leave the browser, their bytes, and how much the page moves."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

FIRST_LOAD_BYTES, FIRST_LOAD_REQUESTS = 20_000, 10
RELOAD_REQUESTS = 12

SHIFT = 0.02
# https://web.dev/articles/cls: the sum of the shifts that the visitor did not cause.
SHIFTS = """globalThis.layoutShifts = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, sources }) => layoutShifts.push(
        { value, nodes: sources.map(({ node }) => node?.outerHTML?.slice(0, 80)) }
    ))).observe({ type: "layout-shift", buffered: true });"""

# Bodies only: here HTTP/1.1 sends whole headers, CloudFront sends references to them (HTTP/2 and 3).
BODIES = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map(({ name, encodedBodySize }) => [name, encodedBodySize])"""


class Traffic:
    """The requests of a page and its frames, except those that the browser's cache answers."""

    def __init__(self, page: Page) -> None:
        self._asked: list[tuple[str, str]] = []
        self._kept: set[str] = set()
        protocol = page.context.new_cdp_session(page)
        protocol.on(
            "Network.requestWillBeSent",
            lambda event: self._asked.append((event["requestId"], event["request"]["url"])),
        )
        protocol.on("Network.requestServedFromCache", lambda event: self._kept.add(event["requestId"]))
        protocol.on("Network.responseReceived", self._note_answer)
        protocol.send("Network.enable")

    def _note_answer(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._kept.add(event["requestId"])

    @property
    def sent(self) -> list[str]:
        """The addresses, in order."""
        return [address for request, address in self._asked if request not in self._kept]

    def forget(self) -> None:
        self._asked.clear()


@pytest.fixture
def traffic(visitor: Any) -> Traffic:
    """The traffic of the visitor's page."""
    return Traffic(visitor.page)


def test_a_first_load_is_small(visitor: Any, traffic: Traffic) -> None:
    visitor.visit()
    visitor.is_signed_out()
    visitor.page.wait_for_load_state("networkidle")
    bodies = visitor.page.evaluate(BODIES)
    assert len(bodies) >= 5, "the browser counts all of the page"
    assert sum(size for _, size in bodies) <= FIRST_LOAD_BYTES, bodies
    assert len(traffic.sent) <= FIRST_LOAD_REQUESTS, traffic.sent
    assert len(set(traffic.sent)) == len(traffic.sent), "nothing is asked for twice"
    assert not [address for address in traffic.sent if "/assets/sign_in-" in address]


def test_a_reload_while_signed_in_asks_for_little(visitor: Any, traffic: Traffic) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    traffic.forget()
    visitor.page.reload()
    visitor.reads("20 movies so far")
    assert len(traffic.sent) <= RELOAD_REQUESTS, traffic.sent
    assert len([address for address in traffic.sent if "web_message" in address]) == 1, "one silent frame"
    assert not [address for address in traffic.sent if "/assets/" in address], "the browser keeps these"


@pytest.mark.parametrize("size", [(360, 740), (1440, 900)])
def test_nothing_moves_while_a_page_comes(open_visitor: Any, size: tuple[int, int]) -> None:
    visitor = open_visitor(viewport={"width": size[0], "height": size[1]})
    visitor.page.add_init_script(SHIFTS)
    visitor.sign_in("Amazon", "/movies")
    ends = {
        "/": "Your session",
        "/movies": "20 movies so far",
        "/devices": "This API needs read:Devices.",
        "/token": "Claims",
    }
    for route, end in ends.items():
        visitor.visit(route)
        expect(visitor.page.get_by_text(end).first).to_be_visible()
        shifts = visitor.page.evaluate("layoutShifts")
        assert sum(shift["value"] for shift in shifts) <= SHIFT, (route, shifts)
