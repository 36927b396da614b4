"""The view that shows the content of the access token."""

from typing import Any

from playwright.sync_api import expect


def claim(visitor: Any, name: str) -> Any:
    rows = visitor.page.get_by_role("table", name="Claims").get_by_role("row")
    return rows.filter(has=visitor.page.get_by_text(name, exact=True)).get_by_role("cell")


def test_it_says_whose_it_is_and_for_what(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/token")
    expect(claim(visitor, "sub")).to_contain_text("amazon|")
    expect(claim(visitor, "iss")).to_have_text(visitor.auth0_url + "/")
    expect(claim(visitor, "aud")).to_contain_text("https://StreamingResourceServer")
    expect(claim(visitor, "scope")).to_contain_text("read:Movies")
    expect(claim(visitor, "scope")).not_to_contain_text("read:Devices")
    expect(visitor.page.get_by_role("table", name="Header")).to_contain_text("RS256")


def test_granted_scopes_look_different_from_those_that_are_not_granted(visitor: Any) -> None:
    visitor.sign_in("Google", "/token")
    scopes = {" ".join(text.split()) for text in visitor.page.locator(".scope").all_inner_texts()}
    assert {
        "read:Movies List the movies: not granted Opens Movies",
        "read:Devices List the devices Opens Devices",
    } < scopes
    orders = [text for text in scopes if ":Orders" in text]  # no connection has them
    assert len(orders) == 4
    assert all(": not granted" in text for text in orders)


def test_the_time_left_runs(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/token")
    left = visitor.page.get_by_role("timer")
    expect(left).to_contain_text("min")
    before = left.inner_text()
    expect(left).not_to_have_text(before)


def test_it_can_be_renewed_without_leaving_the_page(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/token")
    moves: list[str] = []
    visitor.page.on("framenavigated", lambda frame: moves.append(frame.url))
    for _ in range(2):  # the second time with the refresh token that the first one brought
        with visitor.page.context.expect_event("response", lambda response: "/oauth/token" in response.url) as renewed:
            visitor.press("Renew now")
        assert renewed.value.status == 200
        expect(visitor.page.locator("#announcer")).to_have_text("The access token was renewed.")
    assert moves == []


def test_the_signature_is_nowhere_on_the_page(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    with visitor.page.expect_request("**/api/movies") as asked:
        visitor.page.reload()
    signature = asked.value.header_value("authorization").rsplit(".", 1)[1]
    visitor.choose("Access token")
    expect(claim(visitor, "sub")).to_be_visible()
    assert signature not in visitor.page.content()
