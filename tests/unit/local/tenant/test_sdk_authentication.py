"""Auth0's own Python SDK at the token endpoint and related endpoints, over https."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

AUDIENCE = "https://StreamingResourceServer"
CALLBACK = "http://app.localhost:9000/"


@pytest.fixture
def domain(tenant: Any) -> str:
    return str(tenant.https).removeprefix("https://")


@pytest.fixture
def sdk(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the SDK; it trusts the tenant's authority like a company's own."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.directory / "ca.pem"))
    from auth0 import authentication  # here, so that the tests' marks apply to it

    return authentication


@pytest.fixture
def https_browser(tenant: Any, browser_of: Callable[..., Any]) -> Iterator[Any]:
    """A browser at the tenant's https listener, which every user of Auth0 uses."""
    browser = browser_of(tenant.create_client())
    context = ssl.create_default_context(cafile=str(tenant.directory / "ca.pem"))
    with httpx.Client(base_url=tenant.https, verify=context, trust_env=False, timeout=30) as http:
        browser.http = http
        yield browser


# The first warning is about an escape in a docstring of the SDK, at compilation; the second is about a call of it.
pytestmark = [
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]


def refusal(call: Callable[[], object]) -> tuple[int, str]:
    """Return the SDK's error for a refused call."""
    from auth0.authentication.exceptions import Auth0Error

    with pytest.raises(Auth0Error) as refused:
        call()
    return refused.value.status_code, refused.value.error_code


def test_it_signs_in_verifies_refreshes_and_revokes(sdk: Any, https_browser: Any, domain: str) -> None:
    from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier

    client_id = https_browser.app["client_id"]
    get_token = sdk.GetToken(domain, client_id)
    code = https_browser.sign_in()["code"]
    tokens = get_token.authorization_code_pkce(https_browser.verifier, code, CALLBACK)
    keys = AsymmetricSignatureVerifier(f"https://{domain}/.well-known/jwks.json")
    claims = TokenVerifier(keys, f"https://{domain}/", client_id).verify(tokens["id_token"], nonce="the-nonce")
    assert claims["name"] == "Ada Lovelace"
    assert sdk.Users(domain).userinfo(tokens["access_token"])["sub"] == claims["sub"]
    second = get_token.refresh_token(tokens["refresh_token"])
    sdk.RevokeToken(domain, client_id).revoke_refresh_token(second["refresh_token"])
    assert refusal(lambda: get_token.refresh_token(second["refresh_token"])) == (403, "invalid_grant")


def test_a_machine_shows_its_secret(sdk: Any, tenant: Any, domain: str) -> None:
    app = tenant.create_machine()
    get_token = sdk.GetToken(domain, app["client_id"], client_secret=app["client_secret"])
    assert get_token.client_credentials(AUDIENCE)["scope"] == "read:Movies"
    wrong = sdk.GetToken(domain, app["client_id"], client_secret="wrong")
    assert refusal(lambda: wrong.client_credentials(AUDIENCE)) == (401, "access_denied")


def test_a_machine_signs(sdk: Any, tenant: Any, domain: str, keys: list[tuple[str, str]]) -> None:
    app, (private, public) = tenant.create_machine(), keys[0]
    tenant.use_key(app, public)
    get_token = sdk.GetToken(domain, app["client_id"], client_assertion_signing_key=private)
    assert get_token.client_credentials(AUDIENCE)["scope"] == "read:Movies"
    assert get_token.client_credentials(AUDIENCE)["token_type"] == "Bearer"  # with a new assertion
