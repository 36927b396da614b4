"""The opt-in implicit flow, for tenants that still need it: the same site, configured with `login_flow` "implicit"."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect


@pytest.fixture
def implicit_visitor(visitor: Any, stack: Any) -> Iterator[Any]:
    """A visitor of a site that was deployed for the implicit flow, at a tenant whose application may use it."""
    with stack.http() as site:
        config = site.get("/config.json").raise_for_status().json()
    config["auth0"]["login_flow"] = "implicit"
    credentials = json.loads((stack.settings.directory / "auth0" / "management.json").read_text())
    with httpx.Client(base_url=stack.auth0_url, trust_env=False) as tenant:
        grant = {"grant_type": "client_credentials", "audience": f"{stack.auth0_url}/api/v2/"}
        token = tenant.post("/oauth/token", data=grant | credentials).raise_for_status().json()["access_token"]
        tenant.headers["authorization"] = f"Bearer {token}"
        clients = tenant.get("/api/v2/clients").raise_for_status().json()
        client = next(client for client in clients if client["name"] == "AWSDemo")
        address, before = f"/api/v2/clients/{client['client_id']}", client["grant_types"]
        tenant.patch(address, json={"grant_types": [*before, "implicit"]}).raise_for_status()

        visitor.page.route("**/config.json", lambda route: route.fulfill(json=config))
        yield visitor
        tenant.patch(address, json={"grant_types": before}).raise_for_status()


def test_it_signs_in_stays_so_over_a_reload_and_signs_out(implicit_visitor: Any) -> None:
    visitor = implicit_visitor
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "/authorize?" in request.url else None)
    visitor.sign_in("Amazon", "/movies")
    visitor.is_at("/movies")
    visitor.reads("20 movies so far")

    visitor.page.reload()
    visitor.is_at("/movies")
    visitor.reads("20 movies so far")
    queries = [parse_qs(urlsplit(url).query) for url in asked]
    assert [query["response_type"] for query in queries] == [["token id_token"], ["token id_token"]]
    assert queries[1]["prompt"] == ["none"]

    visitor.press("Sign out")
    visitor.is_signed_out()
    visitor.page.reload()
    visitor.is_signed_out()


def test_it_has_no_token_to_renew_and_leaves_none_in_the_browser(implicit_visitor: Any) -> None:
    visitor = implicit_visitor
    visitor.sign_in("Google", "/token")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Renew now")).to_have_count(0)
    kept = visitor.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.cookie])"
    )
    assert "eyJ" not in kept


def test_giving_up_at_the_provider_is_explained(implicit_visitor: Any) -> None:
    visitor = implicit_visitor
    visitor.visit("/devices")
    visitor.press("Sign in with Google")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    visitor.is_at("/devices")


def test_tokens_that_nobody_asked_for_sign_nobody_in(implicit_visitor: Any) -> None:
    visitor = implicit_visitor
    visitor.visit("/#access_token=forged&id_token=forged&state=forged&expires_in=86400")
    visitor.reads("This sign-in was started elsewhere")
    visitor.is_at("/")
