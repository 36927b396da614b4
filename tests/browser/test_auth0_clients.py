"""Auth0's own clients work with the local tenant as they do with Auth0."""

from typing import Any

import pytest

from scripts.tools import ROOT

SPA_JS = ROOT / "site/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js"
CLIENT = """([domain, clientId, audience]) => {
    const authorizationParams = { audience, redirect_uri: `${location.origin}/`, connection: "google-oauth2" };
    globalThis.client = new auth0.Auth0Client({ domain, clientId, authorizationParams });
}"""


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_auth0_spa_js_gets_a_token_silently_on_an_http_page(open_visitor: Any, stack: Any, scheme: str) -> None:
    # The local tenant signs its certificate itself, and Playwright runs its script with eval.
    visitor = open_visitor(ignore_https_errors=True, bypass_csp=True)
    issuer = (
        stack.settings.issuer.rstrip("/") if scheme == "http" else f"https://localhost:{stack.settings.auth0_tls_port}"
    )
    with stack.http() as site:
        configuration = site.get("/config.json").json()["auth0"]

    def open_another_application() -> None:
        visitor.visit("/robots.txt")  # a page of this machine, because Chromium keeps other pages from local services
        visitor.page.add_script_tag(path=str(SPA_JS))
        visitor.page.evaluate(CLIENT, [issuer, configuration["client_id"], configuration["audience"]])

    open_another_application()
    visitor.page.evaluate("client.loginWithRedirect()")
    visitor.pass_the_provider()
    visitor.is_at("/")  # the site got an answer that it had not requested, but now the tenant knows the visitor
    open_another_application()
    answer = visitor.page.evaluate("client.getTokenSilently({ cacheMode: 'off', detailedResponse: true })")
    assert answer["access_token"].count(".") == 2
    assert visitor.page.evaluate("client.getUser()")["sub"].startswith("google-oauth2|")
