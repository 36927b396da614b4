"""The requests that /authorize must refuse: the mistake, the request, the answer, and the source of each rule."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

CALLBACK = "http://app.localhost:9000/"
ORIGIN = "http://app.localhost:9000"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
type Parameters = dict[str, str | None]


@pytest.fixture(scope="module")
def apps(tenant: Any) -> dict[str, dict[str, Any]]:
    """The applications of the tables, by kind."""
    return {
        "public": tenant.create_client(),
        "confidential": tenant.create_client(
            app_type="regular_web",
            token_endpoint_auth_method="client_secret_post",
            callbacks=[CALLBACK, "app://back", f"{CALLBACK}#registered"],
        ),
        "implicit": tenant.create_client(grant_types=["implicit"]),
        "machine": tenant.create_client(grant_types=["client_credentials"]),
        "other origin": tenant.create_client(web_origins=["http://other.localhost:9000"]),
    }


# The mistake; the application; the parameters that differ from a valid request (None: absent); the source of the rule.
# fmt: off
NO_REDIRECT: list[tuple[str, str, Parameters, str]] = [
    ("no client_id", "public", {"client_id": None}, "RFC 6749 §4.1.2.1"),
    ("an empty client_id", "public", {"client_id": ""}, "RFC 6749 §4.1.2.1"),
    ("an unknown client_id", "public", {"client_id": "unknown"}, "RFC 6749 §4.1.2.1"),
    ("no redirect_uri", "public", {"redirect_uri": None}, "OpenID Connect Core §3.1.2.1"),
    ("another host", "public", {"redirect_uri": "http://evil.example/"}, "RFC 6749 §3.1.2.4"),
    ("another scheme", "public", {"redirect_uri": "https://app.localhost:9000/"}, "RFC 6749 §3.1.2.4"),
    ("another port", "public", {"redirect_uri": "http://app.localhost:9001/"}, "RFC 6749 §3.1.2.4"),
    ("a missing slash", "public", {"redirect_uri": ORIGIN}, "RFC 9700 §2.1: exact string matching"),
    ("a longer path", "public", {"redirect_uri": f"{CALLBACK}deeper"}, "RFC 9700 §2.1: exact string matching"),
    ("a query more", "public", {"redirect_uri": f"{CALLBACK}?next=evil"}, "RFC 9700 §2.1: exact string matching"),
    ("a fragment", "public", {"redirect_uri": f"{CALLBACK}#part"}, "RFC 6749 §3.1.2"),
    ("a fragment that is registered", "confidential", {"redirect_uri": f"{CALLBACK}#registered"}, "RFC 6749 §3.1.2"),
    ("capitals in the host", "public", {"redirect_uri": "http://APP.localhost:9000/"}, "RFC 9700 §2.1"),
    ("a user before the host", "public", {"redirect_uri": "http://app.localhost:9000@evil.example/"}, "RFC 9700 §4.1"),
    ("a path that climbs", "public", {"redirect_uri": f"{CALLBACK}x/.."}, "RFC 9700 §4.1"),
    ("a script as address", "public", {"redirect_uri": "javascript:alert(1)"}, "RFC 9700 §4.1"),
    ("another application's address", "machine", {"redirect_uri": "app://back"}, "RFC 6749 §3.1.2.4"),
    ("a form to an app's own scheme", "confidential", {"redirect_uri": "app://back", "response_mode": "form_post"},
     "Form Post Response Mode §2"),
    ("a message to an origin that is not listed", "other origin", {"response_mode": "web_message"},
     "Auth0: Allowed Web Origins"),
]

# The mistake; the application; the parameters that differ; the error; the source of the rule.
REDIRECTED: list[tuple[str, str, Parameters, str, str]] = [
    ("no response_type", "public", {"response_type": None}, "invalid_request", "RFC 6749 §4.1.2.1"),
    ("an unknown response_type", "public", {"response_type": "cookie"}, "unsupported_response_type",
     "RFC 6749 §3.1.1"),
    ("hybrid: code token", "public", {"response_type": "code token"}, "unsupported_response_type", "RFC 6749 §3.1.1"),
    ("hybrid: code id_token", "public", {"response_type": "code id_token"}, "unsupported_response_type",
     "RFC 6749 §3.1.1"),
    ("response_type none", "public", {"response_type": "none"}, "unsupported_response_type", "RFC 6749 §3.1.1"),
    ("implicit without the grant: token", "public", {"response_type": "token"}, "unauthorized_client",
     "RFC 6749 §4.2.2.1"),
    ("implicit without the grant: id_token", "public", {"response_type": "id_token"}, "unauthorized_client",
     "RFC 6749 §4.2.2.1"),
    ("code without the grant", "implicit", {"response_type": "code"}, "unauthorized_client", "RFC 6749 §4.1.2.1"),
    ("a machine at the login page", "machine", {}, "unauthorized_client", "RFC 6749 §4.1.2.1"),
    ("id_token without nonce", "implicit", {"response_type": "id_token", "nonce": None}, "invalid_request",
     "OpenID Connect Core §3.2.2.1"),
    ("token id_token without nonce", "implicit", {"response_type": "token id_token", "nonce": None},
     "invalid_request", "OpenID Connect Core §3.2.2.1"),
    ("id_token without openid", "implicit", {"response_type": "id_token", "scope": "profile"}, "invalid_scope",
     "OpenID Connect Core §3.1.2.1"),
    ("a token in the query", "implicit", {"response_type": "token", "response_mode": "query"}, "invalid_request",
     "OAuth 2.0 Multiple Response Types §3"),
    ("an unknown response_mode", "public", {"response_mode": "carrier_pigeon"}, "invalid_request",
     "OAuth 2.0 Multiple Response Types §2.1"),
    ("a public client without PKCE", "public", {"code_challenge": None, "code_challenge_method": None},
     "invalid_request", "RFC 9700 §2.1.1"),
    ("PKCE plain", "public", {"code_challenge_method": "plain"}, "invalid_request", "RFC 7636 §4.4.1"),
    ("PKCE plain of a confidential client", "confidential", {"code_challenge_method": "plain"}, "invalid_request",
     "RFC 9700 §2.1.1"),
    ("PKCE without a method, which means plain", "public", {"code_challenge_method": None}, "invalid_request",
     "RFC 7636 §4.3"),
    ("an unknown PKCE method", "public", {"code_challenge_method": "S512"}, "invalid_request", "RFC 7636 §4.4.1"),
    ("PKCE s256 in small letters", "public", {"code_challenge_method": "s256"}, "invalid_request", "RFC 7636 §4.3"),
    ("a short challenge", "public", {"code_challenge": CHALLENGE[:-1]}, "invalid_request", "RFC 7636 §4.2"),
    ("a long challenge", "public", {"code_challenge": f"{CHALLENGE}A"}, "invalid_request", "RFC 7636 §4.2"),
    ("a challenge in plain base64", "public", {"code_challenge": f"{CHALLENGE[:-2]}+/"}, "invalid_request",
     "RFC 7636 §4.2"),
    ("a method without a challenge", "confidential", {"code_challenge": None}, "invalid_request", "RFC 7636 §4.3"),
    ("an unknown prompt", "public", {"prompt": "always"}, "invalid_request", "OpenID Connect Core §3.1.2.1"),
    ("prompt none with another", "public", {"prompt": "none login"}, "invalid_request",
     "OpenID Connect Core §3.1.2.1"),
    ("prompt none, not signed in", "public", {"prompt": "none"}, "login_required", "OpenID Connect Core §3.1.2.6"),
    ("max_age in words", "public", {"max_age": "soon"}, "invalid_request", "OpenID Connect Core §3.1.2.1"),
    ("max_age below zero", "public", {"max_age": "-1"}, "invalid_request", "OpenID Connect Core §3.1.2.1"),
    ("max_age in other digits", "public", {"max_age": "٣"}, "invalid_request", "OpenID Connect Core §3.1.2.1"),
    ("a scope with a quotation mark", "public", {"scope": 'openid "all"'}, "invalid_scope", "RFC 6749 §3.3"),
    ("a scope with two spaces", "public", {"scope": "openid  profile"}, "invalid_scope", "RFC 6749 §3.3"),
    ("a scope beyond ASCII", "public", {"scope": "openid ñ"}, "invalid_scope", "RFC 6749 §3.3"),
    ("a request object", "public", {"request": "e30.e30."}, "request_not_supported", "OpenID Connect Core §6.1"),
    ("a request by reference", "public", {"request_uri": "https://app.example/r"}, "request_uri_not_supported",
     "OpenID Connect Core §6.2"),
    ("a registration", "public", {"registration": "{}"}, "registration_not_supported",
     "OpenID Connect Core §7.2.1"),
    ("an unknown audience", "public", {"audience": "https://unknown.example"}, "access_denied", "Auth0: audience"),
    ("an audience with a slash more", "public", {"audience": "https://StreamingResourceServer/"}, "access_denied",
     "Auth0: audience"),
    ("a connection that is not enabled", "public", {"connection": "github"}, "invalid_request", "Auth0: connection"),
]
# fmt: on


def names(rows: list[Any]) -> list[str]:
    return [row[0] for row in rows]


def request_of(app: dict[str, Any], parameters: Parameters) -> dict[str, str]:
    """Return a valid request of an application, with some parameters changed or removed."""
    good = {
        "client_id": app["client_id"],
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid profile",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | parameters
    return {name: value for name, value in good.items() if value is not None}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("_name", "app", "parameters", "_rule"), NO_REDIRECT, ids=names(NO_REDIRECT))
def test_it_shows_a_page_while_the_address_cannot_be_trusted(
    apps: Any, tenant: Any, method: str, _name: str, app: str, parameters: Parameters, _rule: str
) -> None:
    query = request_of(apps[app], parameters)
    with tenant.client() as http:
        answer = http.get("/authorize", params=query) if method == "GET" else http.post("/authorize", data=query)
    assert answer.status_code in (400, 403)
    assert "location" not in answer.headers
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("_name", "app", "parameters", "error", "_rule"), REDIRECTED, ids=names(REDIRECTED))
def test_it_tells_the_application(
    apps: Any, tenant: Any, method: str, _name: str, app: str, parameters: Parameters, error: str, _rule: str
) -> None:
    query = request_of(apps[app], parameters)
    with tenant.client() as http:
        answer = http.get("/authorize", params=query) if method == "GET" else http.post("/authorize", data=query)
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    is_implicit = "token" in query.get("response_type", "")
    assert bool(address.fragment) == is_implicit  # RFC 6749 §4.2.2.1
    told = dict(parse_qsl(address.fragment or address.query))
    assert (told["error"], told["state"]) == (error, "the-state")
    assert set(told) == {"error", "error_description", "state"}


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_address_or_application_is_no_address(apps: Any, tenant: Any, name: str) -> None:
    query = request_of(apps["public"], {})
    with tenant.client() as http:
        answer = http.get("/authorize", params=[*query.items(), (name, query[name])])
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["response_type", "scope", "state", "nonce", "code_challenge", "prompt"])
def test_any_other_repeated_parameter_is_an_error_for_the_application(apps: Any, tenant: Any, name: str) -> None:
    """RFC 6749 §3.1."""
    query = request_of(apps["public"], {"prompt": "login"})
    with tenant.client() as http:
        answer = http.get("/authorize", params=[*query.items(), (name, query[name])])
    assert "error=invalid_request" in answer.headers["location"]


def test_an_unknown_parameter_is_ignored(apps: Any, tenant: Any) -> None:
    """RFC 6749 §3.1."""
    with tenant.client() as http:
        answer = http.get("/authorize", params=request_of(apps["public"], {"colour": "red"}))
    assert answer.headers["location"].startswith("/u/login")


def test_an_error_in_a_form_comes_as_a_form(apps: Any, tenant: Any) -> None:
    query = request_of(apps["public"], {"response_mode": "form_post", "prompt": "none"})
    with tenant.client() as http:
        answer = http.get("/authorize", params=query)
    assert answer.status_code == 200
    assert f'action="{CALLBACK}"' in answer.text
    assert 'name="error" value="login_required"' in answer.text
    assert "form-action 'self' http://app.localhost:9000;" in answer.headers["content-security-policy"]
