"""POST /oauth/token and /oauth/revoke, over HTTP against a real process."""

import base64
import json
from typing import Any

import jwt
import pytest

AUDIENCE = "https://StreamingResourceServer"
ORIGIN = "http://app.localhost:9000"


def test_a_code_works_once_and_its_replay_ends_what_it_gave(browser: Any) -> None:
    code = browser.sign_in()["code"]
    tokens = browser.exchange(code).json()
    replay = browser.exchange(code)
    assert (replay.status_code, replay.json()["error"]) == (403, "invalid_grant")
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "fields",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": "short"},
        {"code_verifier": None},
        {"redirect_uri": "http://app.localhost:9000/other"},
        {"redirect_uri": None},
        {"code": "guessed"},
    ],
)
def test_a_code_is_bound_to_its_verifier_and_address(browser: Any, fields: dict[str, str | None]) -> None:
    code = browser.sign_in()["code"]
    answer = browser.exchange(**{"code": code, **fields})
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_grant")
    assert answer.json()["error_description"]


def test_a_wrong_verifier_uses_the_code_up(browser: Any) -> None:
    code = browser.sign_in()["code"]
    browser.exchange(code, code_verifier="x" * 43)
    assert browser.exchange(code).status_code == 403


def test_a_code_is_bound_to_its_application(browser: Any, browser_of: Any) -> None:
    code = browser.sign_in()["code"]
    other = browser_of()
    assert browser.exchange(code, client_id=other.app["client_id"]).json()["error"] == "invalid_grant"
    assert browser.exchange(code).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(browser_of: Any, tenant: Any) -> None:
    app = tenant.create_client(app_type="regular_web", token_endpoint_auth_method="client_secret_post")
    browser = browser_of(app)
    code = browser.sign_in(code_challenge=None, code_challenge_method=None)["code"]
    answer = browser.exchange(code, client_secret=app["client_secret"])
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_grant")


def test_an_application_with_a_secret_must_show_it(browser_of: Any, tenant: Any) -> None:
    app = tenant.create_client(app_type="regular_web", token_endpoint_auth_method="client_secret_post")
    browser = browser_of(app)
    code = browser.sign_in()["code"]
    assert browser.exchange(code).status_code == 401
    assert browser.exchange(code, client_secret="wrong").json()["error"] == "access_denied"
    assert browser.exchange(code, client_secret=app["client_secret"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 403, "unauthorized_client"),
        ({"client_id": "unknown"}, 401, "access_denied"),
        ({"client_id": None}, 401, "access_denied"),
        ({"code": None}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_has_the_errors_of_auth0(
    browser: Any, fields: dict[str, str | None], status: int, error: str
) -> None:
    answer = browser.exchange(**{"code": "any", **fields})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"


def test_without_an_audience_the_access_token_is_opaque(browser: Any) -> None:
    tokens = browser.tokens(audience=None)
    assert tokens["access_token"].count(".") == 0
    claims = browser.http.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert (claims["name"], claims["email"]) == ("Ada Lovelace", "ada@example.com")


def test_without_openid_there_is_no_id_token_and_one_audience(browser: Any) -> None:
    tokens = browser.tokens(scope="read:Devices")
    assert "id_token" not in tokens
    assert "refresh_token" not in tokens
    assert jwt.decode(tokens["access_token"], options={"verify_signature": False})["aud"] == AUDIENCE


def test_a_refresh_runs_the_action_again_and_rotates_the_token(browser: Any) -> None:
    first = browser.tokens("amazon")
    second = browser.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    claims = jwt.decode(second["access_token"], options={"verify_signature": False})
    assert "read:Movies" in claims["scope"].split()
    assert "read:Devices" not in claims["scope"].split()
    assert claims["gty"] == "refresh_token"
    assert "id_token" in second


def test_a_used_refresh_token_ends_the_family(browser: Any) -> None:
    first = browser.tokens()
    second = browser.refresh(first["refresh_token"]).json()
    reuse = browser.refresh(first["refresh_token"])
    assert (reuse.status_code, reuse.json()["error"]) == (403, "invalid_grant")
    assert browser.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_within_the_leeway_two_tabs_may_refresh_at_once(browser_of: Any, tenant: Any) -> None:
    rotation = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 600}
    browser = browser_of(tenant.create_client(refresh_token=rotation))
    first = browser.tokens()
    assert browser.refresh(first["refresh_token"]).status_code == 200
    assert browser.refresh(first["refresh_token"]).status_code == 200


def test_a_token_that_does_not_rotate_stays_good(browser_of: Any, tenant: Any) -> None:
    fixed = {"rotation_type": "non-rotating", "expiration_type": "non-expiring"}
    browser = browser_of(tenant.create_client(refresh_token=fixed))
    first = browser.tokens()
    assert "refresh_token" not in browser.refresh(first["refresh_token"]).json()
    assert browser.refresh(first["refresh_token"]).status_code == 200


def test_a_refresh_may_ask_for_less_and_never_for_more(browser: Any) -> None:
    first = browser.tokens(scope="openid offline_access read:Devices")
    second = browser.refresh(first["refresh_token"], scope="openid email").json()
    assert "email" not in second["scope"].split()
    assert "profile" not in second["scope"].split()


def test_a_refresh_token_is_bound_to_its_application(browser: Any, browser_of: Any) -> None:
    first = browser.tokens()
    stolen = browser_of().refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (403, "invalid_grant")
    assert browser.refresh(first["refresh_token"]).status_code == 200


def test_text_that_is_no_unicode_is_refused_and_not_an_error(browser: Any) -> None:
    body = {"grant_type": "refresh_token", "client_id": browser.app["client_id"]}
    text = json.dumps({**body, "refresh_token": "\ud800"})
    answer = browser.http.post("/oauth/token", content=text, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_grant")


@pytest.mark.parametrize("text", ["", "{", "[]", '"text"', "\x00"])
def test_a_body_that_is_not_a_json_object_is_refused(browser: Any, text: str) -> None:
    answer = browser.http.post("/oauth/token", content=text, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_revoked_refresh_token_is_refused(browser: Any) -> None:
    first = browser.tokens()
    form = {"client_id": browser.app["client_id"], "token": first["refresh_token"]}
    assert browser.http.post("/oauth/revoke", data=form).status_code == 200
    assert browser.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_needs_no_knowledge_of_the_token(browser: Any) -> None:
    form = {"client_id": browser.app["client_id"], "token": "unknown"}
    assert browser.http.post("/oauth/revoke", data=form).status_code == 200


def test_only_the_applications_own_origin_may_read_the_answer(browser: Any, browser_of: Any, tenant: Any) -> None:
    other = tenant.create_client(web_origins=["http://other.localhost:9000"])
    allowed = browser.exchange("any")
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    foreign = browser_of(other).exchange("any")
    assert "access-control-allow-origin" not in foreign.headers
    assert foreign.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://app.localhost", "null", "http://app.localhost:9000/"]
)
def test_a_preflight_from_an_unknown_origin_gets_nothing(browser: Any, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = browser.http.options("/oauth/token", headers=headers)
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_allows_what_the_sdk_sends(browser: Any) -> None:
    answer = browser.http.options("/oauth/token", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "auth0-client" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("form", ["basic", "post", "json"])
def test_client_credentials_come_as_basic_form_or_json(tenant: Any, form: str) -> None:
    credentials = json.loads((tenant.directory / "management.json").read_text())
    body = {"grant_type": "client_credentials", "audience": f"{tenant.http}/api/v2/"}
    with tenant.client() as client:
        if form == "basic":
            pair = f"{credentials['client_id']}:{credentials['client_secret']}"
            headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
            answer = client.post("/oauth/token", data=body, headers=headers)
        elif form == "post":
            answer = client.post("/oauth/token", data={**body, **credentials})
        else:
            answer = client.post("/oauth/token", json={**body, **credentials})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "scope", "expires_in", "token_type"}
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert (claims["gty"], claims["sub"]) == ("client-credentials", f"{credentials['client_id']}@clients")


def test_credentials_without_a_grant_for_the_api_are_refused(tenant: Any) -> None:
    credentials = json.loads((tenant.directory / "management.json").read_text())
    with tenant.client() as client:
        body = {"grant_type": "client_credentials", "audience": AUDIENCE, **credentials}
        answer = client.post("/oauth/token", data=body)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


def test_an_application_gets_the_scopes_of_its_grant_and_no_more(tenant: Any) -> None:
    app = tenant.create_client(
        app_type="non_interactive", token_endpoint_auth_method="client_secret_post", grant_types=["client_credentials"]
    )
    tenant.let_machines_in(AUDIENCE)
    grant = {"client_id": app["client_id"], "audience": AUDIENCE, "scope": ["read:Movies"]}
    assert tenant.management("POST", "/client-grants", grant).status_code == 201
    body = {"grant_type": "client_credentials", "audience": AUDIENCE, "scope": "read:Movies read:Devices"}
    with tenant.client() as client:
        form = {**body, "client_id": app["client_id"], "client_secret": app["client_secret"]}
        answer = client.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
    assert answer.json()["error_description"] == "Client has not been granted scopes: read:Devices"
    with tenant.client() as client:
        answer = client.post("/oauth/token", data={**form, "scope": "read:Movies"})
    assert answer.json()["scope"] == "read:Movies"


def test_hs256_is_opt_in_per_api(browser_of: Any, tenant: Any) -> None:
    secret = "sixteen characters or more, as Auth0 asks"
    api = {"identifier": "https://hs256.example", "signing_alg": "HS256", "signing_secret": secret}
    assert tenant.management("POST", "/resource-servers", api).status_code == 201
    token = browser_of().tokens(audience="https://hs256.example", scope="openid")["access_token"]
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, secret, algorithms=["HS256"], audience="https://hs256.example")
    assert claims["iss"] == tenant.issuer


def test_an_application_without_an_algorithm_gets_hs256_id_tokens(browser_of: Any, tenant: Any) -> None:
    app = tenant.create_client(jwt_configuration={"lifetime_in_seconds": 60})
    token = browser_of(app).tokens()["id_token"]
    claims = jwt.decode(token, app["client_secret"], algorithms=["HS256"], audience=app["client_id"])
    assert claims["exp"] - claims["iat"] == 60


def test_the_rfc_9068_dialect_changes_the_shape(browser_of: Any, tenant: Any) -> None:
    api = {"identifier": "https://rfc9068.example", "token_dialect": "rfc9068_profile"}
    assert tenant.management("POST", "/resource-servers", api).status_code == 201
    browser = browser_of()
    token = browser.tokens(audience="https://rfc9068.example", scope="openid")["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert claims["client_id"] == browser.app["client_id"]
    assert "jti" in claims
    assert "azp" not in claims


def test_offline_access_needs_an_api_that_allows_it(browser_of: Any, tenant: Any) -> None:
    assert tenant.management("POST", "/resource-servers", {"identifier": "https://online.example"}).status_code == 201
    tokens = browser_of().tokens(audience="https://online.example")
    assert "refresh_token" not in tokens
    assert "offline_access" not in tokens["scope"].split()


def test_a_code_for_an_api_that_was_deleted_gives_nothing(browser: Any, tenant: Any) -> None:
    identifier = "https://deleted.example"
    api = tenant.management("POST", "/resource-servers", {"identifier": identifier}).json()
    code = browser.sign_in(audience=identifier)["code"]
    assert tenant.management("DELETE", f"/resource-servers/{api['id']}").status_code == 204
    answer = browser.exchange(code)
    assert (answer.status_code, answer.json()["error"]) == (403, "invalid_grant")


@pytest.mark.parametrize("policy", ["deny_all", "require_client_grant"])
def test_an_api_may_be_closed_to_users(browser_of: Any, tenant: Any, policy: str) -> None:
    identifier = f"https://{policy.replace('_', '-')}.example"
    access = {"user": {"policy": policy}, "client": {"policy": "deny_all"}}
    body = {"identifier": identifier, "subject_type_authorization": access}
    assert tenant.management("POST", "/resource-servers", body).status_code == 201
    assert browser_of().sign_in(audience=identifier)["error"] == "access_denied"


def test_a_client_grant_for_users_limits_the_scopes(browser_of: Any, tenant: Any) -> None:
    identifier, browser = "https://granted.example", browser_of()
    body = {
        "identifier": identifier,
        "scopes": [{"value": "read:one"}, {"value": "read:two"}],
        "subject_type_authorization": {"user": {"policy": "require_client_grant"}, "client": {"policy": "deny_all"}},
    }
    assert tenant.management("POST", "/resource-servers", body).status_code == 201
    grant = {
        "client_id": browser.app["client_id"],
        "audience": identifier,
        "scope": ["read:one"],
        "subject_type": "user",
    }
    assert tenant.management("POST", "/client-grants", grant).status_code == 201
    assert browser.tokens(audience=identifier, scope="read:one read:two")["scope"] == "read:one"


def test_role_based_access_control_gives_only_the_users_permissions(browser_of: Any, tenant: Any) -> None:
    identifier = "https://rbac.example"
    body = {
        "identifier": identifier,
        "scopes": [{"value": "read:one"}],
        "enforce_policies": True,
        "token_dialect": "access_token_authz",
    }
    assert tenant.management("POST", "/resource-servers", body).status_code == 201
    tokens = browser_of().tokens(audience=identifier, scope="openid read:one")
    assert tokens["scope"] == "openid"
    assert jwt.decode(tokens["access_token"], options={"verify_signature": False})["permissions"] == []
