"""The Management API, over HTTP against a real process: who may call it, and where Terraform's provider would trip."""

import base64
import json
import secrets
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest

CODE = "exports.onExecutePostLogin = async (event, api) => {};"
TRIGGERS = [{"id": "post-login", "version": "v3"}]


def unique(word: str) -> str:
    return f"{word}-{secrets.token_hex(4)}"


def error_of(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert set(body) == {"statusCode", "error", "message", "errorCode"}
    assert body["statusCode"] == answer.status_code
    return answer.status_code, body["errorCode"]


def created(tenant: Any, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = tenant.management("POST", path, body)
    assert answer.status_code == status, answer.text
    result: dict[str, Any] = answer.json()
    return result


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic YTpi"])
def test_a_call_needs_a_token(tenant: Any, header: str) -> None:
    with tenant.client() as client:
        assert client.get("/api/v2/clients", headers={"Authorization": header}).status_code == 401


def test_a_users_token_is_not_for_the_management_api(tenant: Any, browser: Any) -> None:
    tokens = browser.tokens()
    for token in (tokens["access_token"], tokens["id_token"]):
        answer = browser.http.get("/api/v2/clients", headers={"Authorization": f"Bearer {token}"})
        assert error_of(answer) == (401, "invalid_token")


def test_an_unsigned_token_is_refused(tenant: Any) -> None:
    tenant.management("GET", "/clients")
    with tenant.client() as client:
        answer = client.get("/api/v2/clients", headers={"Authorization": f"Bearer {unsigned(tenant._token)}"})
    assert error_of(answer) == (401, "invalid_token")


def test_a_token_with_fewer_scopes_may_do_less(tenant: Any) -> None:
    credentials = json.loads((tenant.directory / "management.json").read_text())
    form = {"grant_type": "client_credentials", "audience": f"{tenant.http}/api/v2/", "scope": "read:clients"}
    with tenant.client() as client:
        token = client.post("/oauth/token", data={**form, **credentials}).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v2/clients", headers=headers).status_code == 200
        assert error_of(client.get("/api/v2/connections", headers=headers)) == (403, "insufficient_scope")


@pytest.mark.parametrize(
    "path", ["/users/1", "/log-streams", "/clients/x/unknown", "/branding/templates/universal-login"]
)
def test_what_is_not_played_answers_501_and_never_404(tenant: Any, path: str) -> None:
    assert error_of(tenant.management("GET", path)) == (501, "not_implemented")


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_method_that_is_not_played_answers_501(tenant: Any, method: str) -> None:
    assert error_of(tenant.management(method, "/tenants/settings")) == (501, "not_implemented")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/clients/unknown", "inexistent_client"),
        ("/connections/unknown", "inexistent_connection"),
        ("/resource-servers/unknown", "inexistent_resource_server"),
        ("/actions/actions/unknown", "inexistent_action"),
        ("/client-grants/unknown", "inexistent_client_grant"),
        ("/keys/signing/unknown", "inexistent_signing_key"),
    ],
)
def test_what_does_not_exist_answers_404(tenant: Any, path: str, code: str) -> None:
    assert error_of(tenant.management("GET", path)) == (404, code)


@pytest.mark.parametrize("body", [None, [], "text", {}])
def test_a_wrong_body_answers_400(tenant: Any, body: object) -> None:
    assert tenant.management("POST", "/clients", body).status_code == 400


def test_an_api_is_found_by_id_identifier_and_twice_escaped_identifier(tenant: Any) -> None:
    identifier = f"https://{unique('api')}.example/a"
    api = created(tenant, "/resource-servers", {"identifier": identifier})
    once = identifier.replace("/", "%2F")
    for name in (api["id"], once, quote(identifier, safe=""), quote(once, safe=":")):
        found = tenant.management("GET", f"/resource-servers/{name}").json()
        assert (found["id"], found["identifier"]) == (api["id"], identifier)


def test_an_api_cannot_be_made_twice(tenant: Any) -> None:
    body = {"identifier": f"https://{unique('api')}.example"}
    created(tenant, "/resource-servers", body)
    assert tenant.management("POST", "/resource-servers", body).status_code == 409


def test_an_hs256_api_gets_a_secret_and_refuses_a_short_one(tenant: Any) -> None:
    api = created(
        tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example", "signing_alg": "HS256"}
    )
    assert len(api["signing_secret"]) >= 16
    short = tenant.management("PATCH", f"/resource-servers/{api['id']}", {"signing_secret": "short"})
    assert short.status_code == 400


def test_scopes_keep_the_order_they_were_given_in(tenant: Any) -> None:
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    scopes = [{"value": value, "description": ""} for value in ("b", "a", "c")]
    assert tenant.management("PATCH", f"/resource-servers/{api['id']}", {"scopes": scopes}).status_code == 200
    assert tenant.management("GET", f"/resource-servers/{api['id']}").json()["scopes"] == scopes


def test_a_connection_name_is_taken_once(tenant: Any) -> None:
    answer = tenant.management("POST", "/connections", {"name": "google-oauth2", "strategy": "google-oauth2"})
    assert error_of(answer)[0] == 409
    assert answer.json()["message"] == "A connection with the same name already exists"


def test_google_gets_the_scopes_of_its_switches_and_options_are_replaced_whole(tenant: Any) -> None:
    body = {"name": unique("google"), "strategy": "google-oauth2", "options": {"email": True, "profile": True}}
    connection = created(tenant, "/connections", body)
    assert connection["options"]["scope"] == ["email", "profile"]
    path = f"/connections/{connection['id']}"
    assert tenant.management("PATCH", path, {"options": {"profile": True}}).json()["options"] == {
        "profile": True,
        "scope": ["profile"],
    }
    assert tenant.management("DELETE", path).status_code == 202


def test_amazon_may_be_created_with_nulls(tenant: Any) -> None:
    options = {"authorizationURL": None, "tokenURL": None, "scope": ["profile"], "client_id": "id"}
    body = {"name": unique("amazon"), "strategy": "amazon", "options": options}
    connection = created(tenant, "/connections", body)
    assert connection["options"] == {"scope": ["profile"], "client_id": "id"}
    assert tenant.management("DELETE", f"/connections/{connection['id']}").json()["deleted_at"].endswith("Z")


def test_applications_of_a_connection_keep_their_order(tenant: Any) -> None:
    connection = created(tenant, "/connections", {"name": unique("amazon"), "strategy": "amazon"})
    path = f"/connections/{connection['id']}/clients"
    ids = [created(tenant, "/clients", {"name": "Test"})["client_id"] for _ in range(3)]
    for client_id in ids:
        assert tenant.management("PATCH", path, [{"client_id": client_id, "status": True}]).status_code == 204
    assert [row["client_id"] for row in tenant.management("GET", path).json()["clients"]] == ids
    first = tenant.management("GET", f"{path}?take=2").json()
    rest = tenant.management("GET", f"{path}?take=2&from={first['next']}").json()
    assert [row["client_id"] for row in first["clients"] + rest["clients"]] == ids
    assert "next" not in rest
    tenant.management("DELETE", f"/clients/{ids[0]}")
    assert [row["client_id"] for row in tenant.management("GET", path).json()["clients"]] == ids[1:]
    tenant.management("DELETE", f"/connections/{connection['id']}")


def test_lists_come_bare_with_totals_or_by_checkpoint(tenant: Any) -> None:
    created(tenant, "/clients", {"name": unique("app")})
    assert isinstance(tenant.management("GET", "/clients").json(), list)
    page = tenant.management("GET", "/clients?include_totals=true&page=0&per_page=1").json()
    assert (page["start"], page["limit"], page["length"]) == (0, 1, 1)
    assert page["total"] >= 2
    beyond = tenant.management("GET", "/clients?include_totals=true&page=1000&per_page=100").json()
    assert beyond["clients"] == []
    step = tenant.management("GET", "/connections?take=1").json()
    assert tenant.management("GET", f"/connections?take=50&from={step['next']}").json().keys() == {"connections"}


def test_fields_choose_what_is_shown_and_the_id_stays(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app"), "app_type": "spa"})
    path = f"/clients/{client['client_id']}"
    assert tenant.management("GET", f"{path}?fields=app_type&include_fields=true").json() == {
        "client_id": client["client_id"],
        "app_type": "spa",
    }
    assert "client_secret" not in tenant.management("GET", f"{path}?fields=client_secret&include_fields=false").json()


def test_null_removes_a_field_and_a_key_of_the_metadata(tenant: Any) -> None:
    client = created(
        tenant, "/clients", {"name": unique("app"), "logo_uri": "https://x", "client_metadata": {"a": "1", "b": "2"}}
    )
    changes = {"logo_uri": None, "client_metadata": {"a": None}}
    changed = tenant.management("PATCH", f"/clients/{client['client_id']}", changes).json()
    assert changed["client_metadata"] == {"b": "2"}
    assert "logo_uri" not in changed


def test_an_application_cannot_take_the_id_of_another(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app"), "client_id": "chosen"})
    assert client["client_id"] != "chosen"
    changed = tenant.management("PATCH", f"/clients/{client['client_id']}", {"client_id": "chosen"}).json()
    assert changed["client_id"] == client["client_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"callbacks": "http://app.localhost:9000/"},
        {"web_origins": [1]},
        {"grant_types": {}},
        {"refresh_token": "rotating"},
    ],
)
def test_settings_of_the_wrong_type_are_refused(tenant: Any, changes: dict[str, Any]) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    assert error_of(tenant.management("PATCH", f"/clients/{client['client_id']}", changes)) == (400, "invalid_body")


def test_a_null_cannot_take_away_what_a_token_needs(tenant: Any, browser_of: Any) -> None:
    app = tenant.create_client()
    nulls = {"jwt_configuration": None, "refresh_token": {"rotation_type": None}, "client_secret": None, "name": None}
    changed = tenant.management("PATCH", f"/clients/{app['client_id']}", nulls).json()
    assert {name: changed[name] for name in nulls} == {name: app[name] for name in nulls}
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    nulls = {"signing_alg": None, "token_lifetime": None, "subject_type_authorization": None}
    changed = tenant.management("PATCH", f"/resource-servers/{api['id']}", nulls).json()
    assert changed == api
    assert browser_of(app).tokens(audience=api["identifier"])["expires_in"] == 86400


def test_credentials_of_an_application_are_a_bare_list(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    path = f"/clients/{client['client_id']}/credentials?include_totals=true&per_page=50"
    assert tenant.management("GET", path).json() == []


def test_an_action_is_pending_then_built_then_deployed(tenant: Any) -> None:
    secret = [{"name": "key", "value": "hidden"}]
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS, "secrets": secret}
    action = created(tenant, "/actions/actions", body)
    assert (action["status"], action["runtime"], action["all_changes_deployed"]) == ("pending", "node22", False)
    path = f"/actions/actions/{action['id']}"
    assert tenant.management("GET", path).json()["status"] == "built"
    version = tenant.management("POST", f"{path}/deploy")
    assert (version.status_code, version.json()["deployed"], version.json()["number"]) == (200, False, 1)
    deployed = tenant.management("GET", path).json()
    assert deployed["deployed_version"]["deployed"] is True
    assert deployed["current_version"]["status"] == "BUILT"
    assert deployed["all_changes_deployed"] is True
    assert "hidden" not in json.dumps([action, version.json(), deployed])
    draft = tenant.management("PATCH", path, {"code": f"{CODE}//"}).json()
    assert (draft["status"], draft["all_changes_deployed"]) == ("pending", False)
    assert draft["deployed_version"]["code"] == CODE
    assert tenant.management("DELETE", path).status_code == 204


def test_the_runtime_is_answered_as_it_was_sent(tenant: Any) -> None:
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS, "runtime": "node18-actions"}
    assert created(tenant, "/actions/actions", body)["runtime"] == "node18-actions"


def test_bindings_end_where_the_provider_looks_for_the_end(tenant: Any) -> None:
    path = "/actions/triggers/post-login/bindings"
    first = tenant.management("GET", f"{path}?page=0&per_page=100").json()
    assert (first.keys(), first["total"]) == ({"bindings", "total", "per_page"}, len(first["bindings"]))
    assert tenant.management("GET", f"{path}?page=1&per_page=100").json() == {
        "bindings": [],
        "page": 1,
        "per_page": 100,
    }


def test_only_a_deployed_action_is_bound_and_a_bound_one_stays(run_tenant: Any, tmp_path: Any) -> None:
    path = "/actions/triggers/post-login/bindings"
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        action = created(tenant, "/actions/actions", {"name": "A", "code": CODE, "supported_triggers": TRIGGERS})
        binding = {"bindings": [{"display_name": "A", "ref": {"type": "action_id", "value": action["id"]}}]}
        assert error_of(tenant.management("PATCH", path, binding))[0] == 400
        tenant.management("POST", f"/actions/actions/{action['id']}/deploy")
        bound = tenant.management("PATCH", path, binding).json()["bindings"]
        assert [row["action"]["id"] for row in bound] == [action["id"]]
        assert tenant.management("PATCH", path, binding).json()["bindings"][0]["id"] == bound[0]["id"]
        assert error_of(tenant.management("DELETE", f"/actions/actions/{action['id']}"))[0] == 409
        assert tenant.management("PATCH", path, {"bindings": []}).json() == {"bindings": []}
        assert tenant.management("DELETE", f"/actions/actions/{action['id']}").status_code == 204


def test_a_client_grant_is_for_the_application_itself_unless_it_says_otherwise(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    body = {"client_id": client["client_id"], "audience": api["identifier"], "scope": ["a"]}
    assert created(tenant, "/client-grants", body)["subject_type"] == "client"
    assert error_of(tenant.management("POST", "/client-grants", body))[0] == 409
    query = f"?audience={quote(api['identifier'], safe='')}&client_id={client['client_id']}&include_totals=true"
    assert tenant.management("GET", f"/client-grants{query}").json()["total"] == 1


@pytest.mark.parametrize(
    "name",
    ["breached-password-detection", "brute-force-protection", "suspicious-ip-throttling", "bot-detection", "captcha"],
)
def test_every_attack_protection_is_read_and_changed(tenant: Any, name: str) -> None:
    assert tenant.management("GET", f"/attack-protection/{name}").status_code == 200
    changed = tenant.management("PATCH", f"/attack-protection/{name}", {"allowlist": ["127.0.0.1"]})
    assert changed.json()["allowlist"] == ["127.0.0.1"]
    assert tenant.management("GET", f"/attack-protection/{name}").json() == changed.json()


@pytest.mark.parametrize("path", ["/tenants/settings", "/branding", "/prompts"])
def test_settings_remember_and_merge(tenant: Any, path: str) -> None:
    tenant.management("PATCH", path, {"colors": {"primary": "#111111"}})
    changed = tenant.management("PATCH", path, {"colors": {"page_background": "#222222"}}).json()
    assert changed["colors"] == {"primary": "#111111", "page_background": "#222222"}


def test_a_theme_does_not_exist_until_it_is_made(run_tenant: Any, tmp_path: Any) -> None:
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        assert error_of(tenant.management("GET", "/branding/themes/default"))[0] == 404
        theme = created(tenant, "/branding/themes", {"displayName": "Theme"}, 200)
        assert tenant.management("GET", "/branding/themes/default").json() == theme
        assert tenant.management("GET", "/custom-domains").json() == []


def test_the_signing_key_rotates_and_old_tokens_stay_good_until_it_is_revoked(
    run_tenant: Any, tmp_path: Any, browser_of: Any
) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        browser = browser_of(tenant.create_client(), tenant)
        before = {key["kid"]: key for key in tenant.management("GET", "/keys/signing").json()}
        current, following = (next(kid for kid, key in before.items() if key.get(role)) for role in ("current", "next"))
        old = browser.tokens()["access_token"]
        assert jwt.get_unverified_header(old)["kid"] == current
        rotated = tenant.management("POST", "/keys/signing/rotate")
        assert (rotated.status_code, rotated.json()["kid"]) == (201, following)
        assert jwt.get_unverified_header(browser.tokens()["access_token"])["kid"] == following
        published = [key["kid"] for key in browser.http.get("/.well-known/jwks.json").json()["keys"]]
        assert {current, following} < set(published)
        assert len(published) == 3
        headers = {"Authorization": f"Bearer {old}"}
        assert browser.http.get("/userinfo", headers=headers).status_code == 200
        assert error_of(tenant.management("PUT", f"/keys/signing/{following}/revoke"))[0] == 400
        with_new_key = tenant.management("GET", "/clients").status_code
        tenant._token = ""
        assert with_new_key == 200
        assert tenant.management("PUT", f"/keys/signing/{current}/revoke").status_code == 200
        assert browser.http.get("/userinfo", headers=headers).status_code == 401
