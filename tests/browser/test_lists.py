"""The lists: page by page, on a phone, and with failing or unexpected answers of the API."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

API = re.compile(r"/api/movies")


def answer(page: Page, status: int, body: dict[str, str]) -> None:
    """Give this answer to the next request to the API; later requests reach the API again."""

    def fulfil(route: Route) -> None:
        route.fulfill(status=status, content_type="application/json", body=json.dumps(body))

    page.route(API, fulfil, times=1)


def test_a_long_list_comes_page_by_page_until_it_says_that_this_is_all(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    rows = visitor.page.locator("tbody").get_by_role("row")
    visitor.reads("20 movies so far")
    expect(rows).to_have_count(20)

    visitor.press("Load more")
    expect(visitor.page.locator(".list-foot")).to_have_text("24 movies, and that is all")
    expect(rows).to_have_count(24)
    expect(rows.nth(20)).to_be_focused()
    names = rows.locator("td:first-child").all_inner_texts()
    assert len(set(names)) == 24, "no item comes twice"


def test_the_table_has_the_columns_of_the_api_in_its_order(visitor: Any) -> None:
    visitor.sign_in("Google", "/devices")
    visitor.reads("14 devices, and that is all")
    assert visitor.page.get_by_role("columnheader").all_inner_texts() == ["Name", "Kind", "Room", "Firmware"]


def test_on_a_phone_a_row_is_a_card_that_names_its_parts_and_is_still_a_row(open_visitor: Any) -> None:
    visitor = open_visitor(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    visitor.sign_in("Amazon", "/movies")
    row = visitor.page.get_by_role("row", name="Metropolis")
    expect(row).to_be_visible()
    year, genre = row.get_by_role("cell", name="1927"), row.get_by_role("cell", name="Science fiction")
    assert year.bounding_box()["y"] < genre.bounding_box()["y"], "the parts are below one another"
    label = year.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Year"'


def test_an_api_that_fails_is_reported_with_its_message_and_the_requests_id(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    body = {"error": "server_error", "message": "The movies are away.", "request_id": "4f2-id"}
    answer(visitor.page, 500, body)
    visitor.choose("Movies")
    visitor.reads("The service has a problem")
    visitor.reads("The movies are away.")
    visitor.reads("4f2-id")

    visitor.press("Try again")
    visitor.reads("20 movies so far")


def test_a_page_that_fails_leaves_the_pages_before_it(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.reads("20 movies so far")
    answer(visitor.page, 503, {"error": "server_error", "message": "Not now.", "request_id": "r"})
    visitor.press("Load more")
    visitor.reads("Not now.")
    expect(visitor.page.locator("tbody").get_by_role("row")).to_have_count(20)
    visitor.press("Try again")
    expect(visitor.page.locator("tbody").get_by_role("row")).to_have_count(24)


def test_a_token_that_the_api_does_not_accept_is_renewed_once_and_the_list_comes(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    answer(visitor.page, 401, {"error": "invalid_token", "message": "Expired.", "request_id": "r-401"})
    with visitor.page.expect_response("**/oauth/token") as renewed:
        visitor.choose("Movies")
    assert renewed.value.status == 200
    visitor.is_at("/movies")
    visitor.reads("20 movies so far")


def test_being_offline_has_its_own_message_and_can_be_tried_again(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    visitor.page.context.set_offline(True)
    visitor.choose("Movies")
    visitor.reads("No connection")
    visitor.page.context.set_offline(False)
    visitor.press("Try again")
    visitor.reads("20 movies so far")


def test_an_answer_that_comes_after_one_has_left_does_not_replace_the_new_view(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    held: list[Route] = []
    visitor.page.route(API, lambda route: held.append(route), times=1)
    with visitor.page.expect_request(API):
        visitor.choose("Movies")
    visitor.choose("Access token")
    visitor.heading("Access token")
    with visitor.page.expect_response(API):
        held[0].fulfill(status=500, content_type="application/json", body="{}")
    visitor.heading("Access token")
    expect(visitor.page.get_by_text("The service has a problem")).to_have_count(0)


def test_a_public_list_is_open_to_every_visitor(visitor: Any, stack: Any) -> None:
    """`security: []` in an API's document: one alternative in config.json, which needs no scope."""
    with stack.http() as site:
        config = site.get("/config.json").json()
    config["apis"]["movies"]["any_of"] = [[]]
    visitor.page.route("**/config.json", lambda route: route.fulfill(json=config))
    visitor.page.route(API, lambda route: route.fulfill(json={"items": [{"id": "1", "title": "Metropolis"}]}))
    visitor.visit()
    visitor.is_signed_out()
    with visitor.page.expect_request(API) as asked:
        visitor.page.get_by_role("link", name="Movies", exact=True).click()
    assert "authorization" not in asked.value.headers
    visitor.heading("Movies")
    visitor.reads("1 entry, and that is all")

    visitor.sign_in("Google")
    menu = visitor.page.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Movies", exact=True)).to_be_visible()
    visitor.choose("Movies")
    visitor.reads("1 entry, and that is all")


@pytest.mark.parametrize("route", ["/nowhere", "/movies/1/2", "/__proto__", "/movies/%ff"])
def test_an_address_that_leads_nowhere_says_so(visitor: Any, route: str) -> None:
    visitor.visit(route)
    visitor.heading("There is nothing here")
    visitor.page.get_by_role("link", name="Back to the start").click()
    visitor.is_signed_out()
