"""GET /authorize and the login pages, over HTTP against a real process."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

AUDIENCE = "https://StreamingResourceServer"


def claims_of(tenant: Any, token: str, audience: str) -> dict[str, Any]:
    """Verify a token like an API, with the keys that the tenant publishes."""
    with tenant.client() as client:
        keys = client.get("/.well-known/jwks.json").json()["keys"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = jwt.PyJWK(next(key for key in keys if key["kid"] == kid))
    return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=tenant.issuer)


@pytest.mark.parametrize(("connection", "scope"), [("google-oauth2", "read:Devices"), ("amazon", "read:Movies")])
def test_the_connection_decides_the_scopes_of_the_access_token(browser: Any, connection: str, scope: str) -> None:
    tokens = browser.tokens(connection)
    claims = claims_of(browser.tenant, tokens["access_token"], AUDIENCE)
    assert set(claims["scope"].split()) == {"openid", "profile", "email", "offline_access", scope}
    assert claims["scope"] == tokens["scope"]


def test_a_user_keeps_the_same_subject_in_the_form_of_the_provider(browser: Any, browser_of: Any) -> None:
    google = claims_of(browser.tenant, browser.tokens()["access_token"], AUDIENCE)["sub"]
    again = claims_of(browser.tenant, browser_of().tokens()["access_token"], AUDIENCE)["sub"]
    amazon = claims_of(browser.tenant, browser_of().tokens("amazon")["access_token"], AUDIENCE)["sub"]
    assert google == again
    provider, _, number = google.partition("|")
    assert (provider, len(number), number.isdigit()) == ("google-oauth2", 21, True)
    assert amazon.startswith("amazon|amzn1.account.")


def test_an_access_token_has_the_shape_of_auth0(browser: Any) -> None:
    token = browser.tokens()["access_token"]
    header, claims = jwt.get_unverified_header(token), claims_of(browser.tenant, token, AUDIENCE)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert claims["aud"] == [AUDIENCE, f"{browser.tenant.issuer}userinfo"]
    assert claims["azp"] == browser.app["client_id"]
    assert claims["exp"] - claims["iat"] == 3600
    assert set(claims) == {"iss", "sub", "aud", "iat", "exp", "scope", "azp"}


def test_an_id_token_names_the_user_the_application_and_the_nonce(browser: Any) -> None:
    claims = claims_of(browser.tenant, browser.tokens()["id_token"], browser.app["client_id"])
    assert (claims["nonce"], claims["name"], claims["email"]) == ("the-nonce", "Ada Lovelace", "ada@example.com")
    assert claims["email_verified"] is True
    assert {"iss", "sub", "aud", "iat", "exp", "sid", "nickname", "updated_at"} <= set(claims)


def test_the_login_page_offers_each_connection_of_the_application(browser: Any) -> None:
    start = browser.authorize()
    page = browser.http.get(start.headers["location"])
    assert "Continue with Google" in page.text
    assert "Continue with Amazon" in page.text


def test_the_stand_in_says_that_it_is_one(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    assert "This page stands in for Amazon." in page.text


def test_anyone_may_be_typed_in(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    fields = {"name": "Zoë <b>", "email": "zoe@example.com", "picture": "https://example.com/zoe.png"}
    tokens = browser.exchange(browser.answer(browser.identify(page, **fields))["code"]).json()
    claims = claims_of(browser.tenant, tokens["id_token"], browser.app["client_id"])
    assert {name: claims[name] for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "email": "zoe@example.com"},
        {"name": "Zoë", "email": "not an address"},
        {"name": "Zoë", "email": "zoe@example.com", "picture": "javascript:alert(1)"},
        {"person": "nobody@example.com"},
    ],
)
def test_a_wrong_form_is_shown_again_with_the_reason(browser: Any, fields: dict[str, str]) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    answer = browser.identify(page, **fields)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_cancel_returns_access_denied_with_the_state(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    answer = browser.answer(browser.identify(page, cancel="true"))
    assert (answer["error"], answer["state"]) == ("access_denied", "the-state")


def test_a_form_from_another_site_is_refused(browser: Any) -> None:
    address = browser.authorize(connection="amazon").headers["location"]
    answer = browser.http.post(address, data={"csrf": "guessed", "person": "ada@example.com"})
    assert answer.status_code == 403
    assert "location" not in answer.headers


def test_another_browser_cannot_finish_a_sign_in(browser: Any, browser_of: Any) -> None:
    address = browser.authorize(connection="amazon").headers["location"]
    assert browser_of(browser.app).http.get(address).status_code == 400


def test_a_form_counts_once(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    assert browser.identify(page).status_code == 303
    assert browser.identify(page).status_code == 400


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"client_id": "unknown"}, 403),
        ({"client_id": None}, 403),
        ({"redirect_uri": None}, 403),
        ({"redirect_uri": "http://app.localhost:9000"}, 403),
        ({"redirect_uri": "http://app.localhost:9000/?next=evil"}, 403),
        ({"redirect_uri": "http://APP.localhost:9000/"}, 403),
    ],
)
def test_a_request_that_cannot_be_trusted_gets_a_page_and_no_redirect(
    browser: Any, parameters: dict[str, str | None], status: int
) -> None:
    answer = browser.authorize(**parameters)
    assert answer.status_code == status
    assert "location" not in answer.headers


def test_a_repeated_parameter_is_refused(browser: Any) -> None:
    answer = browser.http.get(f"/authorize?client_id={browser.app['client_id']}&client_id=other")
    assert answer.status_code == 403
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"response_type": "token", "nonce": "n"}, "unauthorized_client"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"prompt": "always"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"connection": "github"}, "invalid_request"),
    ],
)
def test_a_wrong_request_goes_back_to_the_application(
    browser: Any, parameters: dict[str, str | None], error: str
) -> None:
    answer = browser.answer(browser.authorize(**parameters))
    assert (answer["error"], answer["state"]) == (error, "the-state")
    assert answer["error_description"]


def test_an_unknown_audience_is_refused(browser: Any) -> None:
    answer = browser.sign_in(audience="https://streamingresourceserver")
    assert answer["error"] == "access_denied"
    assert "Service not found" in answer["error_description"]


def test_the_redirect_to_a_provider_has_the_client_id_of_the_connections_keys(browser: Any, tenant: Any) -> None:
    [amazon] = [row for row in tenant.management("GET", "/connections").json() if row["name"] == "amazon"]
    path, options = f"/connections/{amazon['id']}", amazon["options"]

    def sent() -> str:
        location = urlsplit(browser.authorize(connection="amazon").headers["location"])
        return str(parse_qs(location.query)["client_id"][0])

    assert sent() == "auth0-development-keys"
    tenant.management("PATCH", path, {"options": {**options, "client_id": "ours", "client_secret": "a secret"}})
    try:
        assert sent() == "ours"
    finally:
        tenant.management("PATCH", path, {"options": options})


def test_a_session_answers_without_a_page(browser: Any) -> None:
    browser.sign_in("amazon")
    assert "code" in browser.answer(browser.authorize(prompt="none"))
    assert "code" in browser.answer(browser.authorize(prompt="none", connection="amazon"))


def test_a_session_of_another_connection_does_not_count(browser: Any) -> None:
    browser.sign_in("amazon")
    silent = browser.answer(browser.authorize(prompt="none", connection="google-oauth2"))
    assert silent["error"] == "login_required"
    assert browser.authorize(connection="google-oauth2").headers["location"].startswith("/u/identity-provider/google")


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
def test_an_application_may_insist_on_a_new_sign_in(browser: Any, parameters: dict[str, str]) -> None:
    browser.sign_in("amazon")
    assert browser.authorize(**parameters).headers["location"].startswith("/u/login")


def test_a_new_sign_in_replaces_the_session(browser: Any) -> None:
    browser.sign_in("amazon")
    old = dict(browser.http.cookies)
    browser.sign_in("google-oauth2")
    assert dict(browser.http.cookies) != old
    browser.http.cookies.update(old)
    assert browser.answer(browser.authorize(prompt="none"))["error"] == "login_required"


def test_pages_let_nothing_else_in(browser: Any) -> None:
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://app.localhost:9000;" in policy


def test_implicit_answers_in_the_fragment_and_never_with_a_refresh_token(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(grant_types=["implicit"]))
    start = browser.authorize(response_type="id_token token", connection="google-oauth2", code_challenge=None)
    response = browser.identify(browser.http.get(start.headers["location"]))
    assert "#" in response.headers["location"]
    answer = browser.answer(response)
    access = claims_of(tenant, answer["access_token"], AUDIENCE)
    assert "read:Devices" in access["scope"].split()
    assert "read:Movies" not in access["scope"].split()
    assert access["exp"] - access["iat"] == 3600 == int(answer["expires_in"])
    identity = claims_of(tenant, answer["id_token"], browser.app["client_id"])
    assert (identity["nonce"], answer["state"]) == ("the-nonce", "the-state")
    assert "at_hash" in identity
    assert "refresh_token" not in answer


def test_implicit_needs_a_nonce(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(grant_types=["implicit"]))
    assert browser.answer(browser.authorize(response_type="id_token", nonce=None))["error"] == "invalid_request"


def test_tokens_never_travel_in_a_query(browser_of: Any, tenant: Any) -> None:
    browser = browser_of(tenant.create_client(grant_types=["implicit"]))
    answer = browser.authorize(response_type="token", response_mode="query", code_challenge=None)
    assert "#error=invalid_request" in answer.headers["location"]


def test_web_message_answers_only_to_the_origin_of_the_application(browser: Any) -> None:
    browser.sign_in("amazon")
    page = browser.authorize(prompt="none", response_mode="web_message")
    assert "frame-ancestors http://app.localhost:9000" in page.headers["content-security-policy"]
    assert json.dumps("http://app.localhost:9000") in page.text
    assert "the-state" in page.text


@pytest.mark.parametrize("mode", [None, "fragment"])
def test_the_answer_names_the_issuer_where_the_tenant_says_so(
    run_tenant: Any, tmp_path: Any, browser_of: Any, mode: str | None
) -> None:
    """RFC 9207 §2, for codes and for errors."""
    setting = "authorization_response_iss_parameter_supported"
    with run_tenant(tmp_path / "state") as tenant:
        browser = browser_of(tenant.create_client(), tenant)
        metadata = "/.well-known/openid-configuration"
        assert "iss" not in browser.sign_in(response_mode=mode)
        assert setting not in browser.http.get(metadata).json()
        assert tenant.management("PATCH", "/tenants/settings", {setting: True}).status_code == 200
        assert browser.sign_in(response_mode=mode)["iss"] == tenant.issuer
        refused = browser.answer(browser.authorize(response_mode=mode, prompt="login none"))
        assert (refused["error"], refused["iss"]) == ("invalid_request", tenant.issuer)
        assert browser.http.get(metadata).json()[setting] is True
