"""A session across page loads: what survives, what must not survive, and how the session ends."""

from typing import Any

from playwright.sync_api import expect


def test_a_reload_on_any_route_keeps_one_signed_in(visitor: Any) -> None:
    visitor.sign_in("Google")
    visitor.keep_cookies_from_frames()
    for route in ("/", "/devices", "/movies", "/token"):
        visitor.visit(route)
        visitor.is_at(route)
        visitor.is_signed_in()
    visitor.page.reload()
    visitor.is_at("/token")
    visitor.is_signed_in()


def test_no_token_is_in_any_storage_of_the_browser(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    stored = visitor.page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state])"
    )
    cookies = str(visitor.page.context.cookies(visitor.site_url))
    assert "gatehouse.signed-in" in stored
    for secret in ("eyJ", "access_token", "refresh_token", "code="):
        assert secret not in stored + cookies


def test_signing_out_ends_it_here_and_at_the_tenant(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    visitor.press("Sign out")
    visitor.is_signed_out()
    visitor.page.reload()
    visitor.is_signed_out()
    visitor.press("Open with Amazon")
    expect(visitor.page.get_by_role("heading", name="Sign in with Amazon")).to_be_visible()


def test_the_back_button_after_signing_out_shows_nothing_of_before(visitor: Any) -> None:
    visitor.sign_in("Amazon", "/movies")
    expect(visitor.page.get_by_role("cell", name="Metropolis", exact=True)).to_be_visible()
    visitor.press("Sign out")
    visitor.is_signed_out()
    visitor.page.go_back()
    visitor.is_signed_out()
    expect(visitor.page.get_by_text("Metropolis")).to_have_count(0)


def test_signing_out_in_one_tab_signs_the_other_out(visitor: Any) -> None:
    visitor.sign_in("Amazon")
    other = visitor.page.context.new_page()
    other.goto(visitor.site_url + "/movies")
    expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    visitor.press("Sign out")
    expect(other.get_by_role("button", name="Open with Google")).to_be_visible()
    expect(other).to_have_url(visitor.site_url + "/movies")


def test_a_session_that_ended_at_the_tenant_leads_to_signed_out_and_not_in_circles(visitor: Any) -> None:
    visitor.sign_in("Google", "/devices")
    visitor.page.context.clear_cookies()
    asked: list[str] = []
    visitor.page.on("framenavigated", lambda frame: asked.append(frame.url) if frame.parent_frame is None else None)
    visitor.page.reload()
    visitor.is_signed_out()
    visitor.is_at("/devices")
    assert "error=login_required" in asked[1]
    visitor.page.reload()
    visitor.is_signed_out()
    assert asked.pop() == visitor.site_url + "/devices"
    assert len([url for url in asked if "error=login_required" in url]) == 1


def test_a_first_visit_does_not_go_to_the_tenant(visitor: Any) -> None:
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.visit("/movies")
    visitor.is_signed_out()
    assert [url for url in asked if url.startswith(visitor.auth0_url)] == []
