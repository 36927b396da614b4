"""The common parts of the Management API's answers: permissions, bodies, lists, errors, limits."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from local.tenant.management import payloads, routes
from local.tenant.management.rate_limit import RateLimit
from tests.unit.local.tenant.conftest import created, error_of, unique


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def refused_token(answer: httpx.Response) -> str:
    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["error"]) == (401, 401, "Unauthorized")
    assert body["attributes"] == {"error": body["message"]}
    return str(body["message"])


def message_of(answer: httpx.Response) -> str:
    assert error_of(answer) == (400, "invalid_body")
    return str(answer.json()["message"])


@contextmanager
def with_scopes(tenant: Any, *scopes: str) -> Iterator[httpx.Client]:
    """Open a client whose token has only these scopes."""
    credentials = json.loads((tenant.directory / "management.json").read_text())
    form = {"grant_type": "client_credentials", "audience": f"{tenant.http}/api/v2/", "scope": " ".join(scopes)}
    with tenant.client() as client:
        token = client.post("/oauth/token", data={**form, **credentials}).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture(scope="module")
def no_scope(tenant: Any) -> Iterator[httpx.Client]:
    """Open a client whose token opens no route."""
    with with_scopes(tenant, "read:connections_options") as client:
        yield client


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YTpi"])
def test_a_call_without_a_token_is_refused(tenant: Any, header: str) -> None:
    with tenant.client() as client:
        answer = client.get("/api/v2/clients", headers={"Authorization": header})
    assert refused_token(answer) == "Missing authentication"


def test_a_token_that_is_none_is_refused(tenant: Any) -> None:
    with tenant.client() as client:
        answer = client.get("/api/v2/clients", headers={"Authorization": "Bearer nonsense"})
    assert refused_token(answer) == "Invalid token"


def test_a_users_token_is_not_for_the_management_api(tenant: Any, browser: Any) -> None:
    tokens = browser.tokens()
    for token in (tokens["access_token"], tokens["id_token"]):
        answer = browser.http.get("/api/v2/clients", headers={"Authorization": f"Bearer {token}"})
        assert refused_token(answer) == "Invalid token"


def test_an_unsigned_token_is_refused(tenant: Any) -> None:
    tenant.management("GET", "/clients")
    with tenant.client() as client:
        answer = client.get("/api/v2/clients", headers={"Authorization": f"Bearer {unsigned(tenant._token)}"})
    assert refused_token(answer) == "Invalid token"


def test_a_route_names_the_scopes_of_which_one_is_needed(tenant: Any) -> None:
    with with_scopes(tenant, "read:clients") as client:
        assert client.get("/api/v2/clients").status_code == 200
        answer = client.get("/api/v2/connections")
        assert error_of(answer) == (403, "insufficient_scope")
        assert answer.json()["message"] == "Insufficient scope, expected any of: read:connections"
        answer = client.patch("/api/v2/clients/x", json={"name": "x"})
        assert answer.json()["message"] == "Insufficient scope, expected any of: update:clients,update:client_keys"


@pytest.mark.parametrize(("method", "path", "scopes"), [row[:3] for row in routes._ROWS])
def test_no_route_opens_without_one_of_its_scopes(
    tenant: Any, no_scope: Any, method: str, path: str, scopes: str
) -> None:
    answer = no_scope.request(method, f"/api/v2{path}", json={})
    assert error_of(answer) == (403, "insufficient_scope")
    assert answer.json()["message"].endswith(scopes.replace(" ", ","))


def test_secrets_are_shown_only_with_the_scope_to_read_them(tenant: Any) -> None:
    app = created(tenant, "/clients", {"name": unique("app")})
    with with_scopes(tenant, "read:clients", "update:clients") as client:
        path = f"/api/v2/clients/{app['client_id']}"
        for answer in (client.get(path), client.patch(path, json={"description": "changed"})):
            assert answer.status_code == 200
            assert not {"client_secret", "signing_keys"} & answer.json().keys()
        assert all("client_secret" not in row for row in client.get("/api/v2/clients").json())


def test_options_of_a_connection_need_a_scope_of_their_own(tenant: Any) -> None:
    body = {"name": unique("amazon"), "strategy": "amazon", "options": {"client_secret": "hidden"}}
    connection = created(tenant, "/connections", body)
    with with_scopes(tenant, "read:connections", "update:connections") as client:
        path = f"/api/v2/connections/{connection['id']}"
        assert "options" not in client.get(path).json()
        assert all("options" not in row for row in client.get("/api/v2/connections").json())
        assert error_of(client.patch(path, json={"options": {}})) == (403, "insufficient_scope")
        assert client.patch(path, json={"display_name": "Amazon"}).status_code == 200
    assert tenant.management("GET", f"/connections/{connection['id']}").json()["options"] == body["options"]


@pytest.mark.parametrize(
    "path", ["/stats/daily", "/organizations", "/clients/x/unknown", "/actions/triggers/no-such/bindings"]
)
def test_a_route_that_is_not_emulated_answers_501_and_never_404(tenant: Any, path: str) -> None:
    assert error_of(tenant.management("GET", path)) == (501, "not_implemented")


def test_a_list_that_nothing_can_be_added_to_is_empty(tenant: Any) -> None:
    assert tenant.management("GET", "/prompts/login/partials").json() == {}
    assert tenant.management("GET", "/prompts/rendering").json() == {"configs": []}
    provisionings = tenant.management("GET", "/connections-directory-provisionings").json()
    assert provisionings == {"directory_provisionings": []}
    assert error_of(tenant.management("PUT", "/prompts/login/partials", {})) == (501, "not_implemented")


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/tenants/settings"), ("POST", "/users"), ("POST", "/rules")])
def test_a_method_that_is_not_emulated_answers_501(tenant: Any, method: str, path: str) -> None:
    assert error_of(tenant.management(method, path, {})) == (501, "not_implemented")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/clients/unknown", "inexistent_client"),
        ("/clients/unknown/credentials", "inexistent_client"),
        ("/clients/unknown/credentials/cred_1", "inexistent_credential"),
        ("/connections/unknown", "inexistent_connection"),
        ("/connections/unknown/clients", "inexistent_connection"),
        ("/resource-servers/unknown", "inexistent_resource_server"),
        ("/actions/actions/unknown", "inexistent_action"),
        ("/actions/actions/unknown/versions", "inexistent_action"),
        ("/client-grants/unknown", "inexistent_client_grant"),
        ("/custom-domains/unknown", "inexistent_custom_domain"),
        ("/log-streams/unknown", "inexistent_log_stream"),
        ("/branding/themes/unknown", "inexistent_theme"),
        ("/branding/templates/universal-login", "inexistent_templates_universal_login"),
        ("/attack-protection/unknown", "inexistent_attack_protection"),
        ("/keys/signing/unknown", "inexistent_signing_key"),
        ("/users/unknown", "inexistent_user"),
        ("/users/unknown/roles", "inexistent_user"),
    ],
)
def test_what_does_not_exist_answers_404(tenant: Any, path: str, code: str) -> None:
    assert error_of(tenant.management("GET", path)) == (404, code)


@pytest.mark.parametrize("body", ["{", "", "[" * 100_000])
def test_a_body_that_is_no_json_answers_400(tenant: Any, body: str) -> None:
    tenant.management("GET", "/clients")
    with tenant.client() as client:
        answer = client.post("/api/v2/clients", content=body, headers={"Authorization": f"Bearer {tenant._token}"})
    assert message_of(answer) == "Invalid request payload JSON format"


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("POST", "/clients", {}, "'Missing required property: name'"),
        ("POST", "/clients", [], "'Expected type object but found type array'"),
        ("POST", "/clients", {"name": 7}, "'Expected type string but found type integer' on property name"),
        ("POST", "/clients", {"name": "x", "extra": 1}, "'Additional properties not allowed: extra'"),
        ("POST", "/clients", {"name": "<b>"}, "'String does not match pattern: ^[^<>]+$' on property name"),
        (
            "POST",
            "/clients",
            {"name": "x", "callbacks": "http://app.localhost:9000/"},
            "'Expected type array but found type string' on property callbacks",
        ),
        (
            "POST",
            "/clients",
            {"name": "x", "web_origins": [1]},
            "'Expected type string but found type integer' on property web_origins[0]",
        ),
        (
            "POST",
            "/clients",
            {"name": "x", "refresh_token": {"rotation_type": "rotating"}},
            "'Missing required property: expiration_type' on property refresh_token",
        ),
        (
            "POST",
            "/clients",
            {"name": "x", "jwt_configuration": {"lifetime_in_seconds": 0}},
            "'Value 0 is less than minimum 1' on property jwt_configuration.lifetime_in_seconds",
        ),
        (
            "POST",
            "/clients",
            {"name": "x", "description": "y" * 141},
            "'String is too long (141 chars), maximum 140' on property description",
        ),
        (
            "POST",
            "/resource-servers",
            {"identifier": "urn:x", "signing_alg": "none"},
            "'No enum match, expected one of: HS256, RS256, RS512, PS256' on property signing_alg",
        ),
        (
            "POST",
            "/resource-servers",
            {"identifier": "urn:x", "signing_secret": "short"},
            "'String is too short (5 chars), minimum 16' on property signing_secret",
        ),
        ("PATCH", "/clients/x", {}, "'Too few properties defined (0), minimum 1'"),
        ("PATCH", "/clients/x", {"client_id": "chosen"}, "'Additional properties not allowed: client_id'"),
        (
            "PATCH",
            "/clients/x",
            {"jwt_configuration": None},
            "'Expected type object but found type null' on property jwt_configuration",
        ),
        ("PATCH", "/resource-servers/x", {"identifier": "urn:y"}, "'Additional properties not allowed: identifier'"),
        ("PATCH", "/connections/x", {"strategy": "amazon"}, "'Additional properties not allowed: strategy'"),
        ("PATCH", "/connections/x/clients", [], "'Array is too short (0), minimum 1'"),
    ],
)
def test_a_body_that_does_not_fit_answers_400_and_says_where(
    tenant: Any, method: str, path: str, body: object, message: str
) -> None:
    assert message_of(tenant.management(method, path, body)) == f"Payload validation error: {message}."


@pytest.mark.parametrize("name", sorted(path.stem for path in payloads._FOLDER.glob("*.yaml")))
def test_every_schema_is_one_and_names_only_properties_that_it_has(name: str) -> None:
    form = payloads.Form(name)
    for validator in (form._new, form._change):
        Draft202012Validator.check_schema(validator.schema)
    schema = yaml.safe_load((payloads._FOLDER / f"{name}.yaml").read_text())
    ours = {"createOnly", "updateOnly", "nullable", "required"} & schema.keys()
    if "type" not in schema:
        assert {each for word in ours for each in schema[word]} <= schema["properties"].keys()
        assert schema.keys() <= {*ours, "properties", "mayBeEmpty", "alwaysWhole", "$defs"}


@pytest.mark.parametrize("scheme", ["javascript", "JavaScript", "data"])
def test_no_address_that_a_browser_would_run_becomes_a_callback(tenant: Any, scheme: str) -> None:
    body = {"name": "x", "callbacks": [f"{scheme}:alert(1)"]}
    assert message_of(tenant.management("POST", "/clients", body)).endswith("on property callbacks[0].")


def test_an_error_never_repeats_a_secret(tenant: Any) -> None:
    body = {"identifier": "urn:x", "signing_secret": ["a-secret-that-is-no-text"]}
    assert "a-secret" not in tenant.management("POST", "/resource-servers", body).text


def test_lists_come_bare_with_totals_or_by_checkpoint(tenant: Any) -> None:
    created(tenant, "/clients", {"name": unique("app")})
    assert isinstance(tenant.management("GET", "/clients").json(), list)
    page = tenant.management("GET", "/clients?include_totals=true&page=0&per_page=1").json()
    assert page.keys() == {"start", "limit", "total", "clients"}
    assert (page["start"], page["limit"]) == (0, 1)
    assert page["total"] >= 2
    second = tenant.management("GET", "/clients?include_totals=true&page=1&per_page=1").json()
    assert (second["start"], second["total"]) == (1, page["total"])
    assert second["clients"] != page["clients"]
    beyond = tenant.management("GET", "/clients?include_totals=true&page=1000&per_page=100").json()
    assert beyond["clients"] == []
    step = tenant.management("GET", "/connections?take=1").json()
    assert tenant.management("GET", f"/connections?take=50&from={step['next']}").json().keys() == {"connections"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("per_page=101", "'Value 101 is greater than maximum 100' on property per_page"),
        ("page=first", "'Expected type integer but found type string' on property page"),
        ("take=-1", "'Expected type integer but found type string' on property take"),
    ],
)
def test_a_query_that_asks_for_no_page_answers_400(tenant: Any, query: str, message: str) -> None:
    answer = tenant.management("GET", f"/clients?{query}")
    assert error_of(answer) == (400, "invalid_query_string")
    assert answer.json()["message"] == f"Query validation error: {message}."


def test_fields_choose_what_is_shown_and_the_id_stays(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app"), "app_type": "spa"})
    path = f"/clients/{client['client_id']}"
    assert tenant.management("GET", f"{path}?fields=app_type&include_fields=true").json() == {
        "client_id": client["client_id"],
        "signing_keys": client["signing_keys"],
        "app_type": "spa",
    }
    assert "client_secret" not in tenant.management("GET", f"{path}?fields=client_secret&include_fields=false").json()


@pytest.mark.parametrize("path", ["/clients", "/clients/unknown", "/logs"])
def test_every_answer_says_what_is_left_of_the_rate_limit(tenant: Any, path: str) -> None:
    headers = tenant.management("GET", path).headers
    assert 0 <= int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
    assert abs(int(headers["x-ratelimit-reset"]) - time.time()) < 60


def test_the_rate_limit_counts_the_requests_of_a_second() -> None:
    now = 1000.2
    limit = RateLimit(lambda: now)
    first, second = limit.headers(), limit.headers()
    assert int(first["x-ratelimit-remaining"]) - int(second["x-ratelimit-remaining"]) == 1
    assert first["x-ratelimit-reset"] == "1001"
    now = 1001.0
    assert limit.headers()["x-ratelimit-remaining"] == first["x-ratelimit-remaining"]
    for _ in range(100):
        last = limit.headers()
    assert last["x-ratelimit-remaining"] == "0"
    assert not limit.is_exceeded


def test_the_free_plan_refuses_the_third_request_of_a_second() -> None:
    now = 1000.2
    limit = RateLimit(lambda: now, refusing_above=2)
    verdicts = [(limit.headers()["x-ratelimit-remaining"], limit.is_exceeded) for _ in range(3)]
    assert verdicts == [("1", False), ("0", False), ("0", True)]
    now = 1001.0
    assert (limit.headers()["x-ratelimit-remaining"], limit.is_exceeded) == ("1", False)


def test_a_tenant_with_a_limit_refuses_with_429(run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path, requests_per_second="1") as tenant:
        answers = (tenant.management("GET", "/clients") for _ in range(100))
        refused = next(answer for answer in answers if answer.status_code != 200)
        assert error_of(refused) == (429, "too_many_requests")
        assert int(refused.headers["x-ratelimit-reset"]) - time.time() < 2


def test_a_connection_takes_its_users_with_it(browser_of: Any, run_tenant: Any, tmp_path: Path) -> None:
    with run_tenant(tmp_path) as tenant:
        browser = browser_of(at=tenant)
        for connection in ("amazon", "google-oauth2"):
            browser.sign_in(connection)
        ids = {row["name"]: row["id"] for row in tenant.management("GET", "/connections").json()}
        assert tenant.management("DELETE", f"/connections/{ids['amazon']}").status_code == 202
        left = [user["user_id"].partition("|")[0] for user in tenant.management("GET", "/users").json()]
        assert left == ["google-oauth2"]


def test_a_connections_options_are_shown_and_changed_with_scopes_of_their_own(tenant: Any) -> None:
    """Auth0's page "Migrate to Management API Connection Options Scopes"; the 403 is that of its announcement."""
    made = created(
        tenant, "/connections", {"name": unique("line"), "strategy": "line", "options": {"client_secret": "theirs"}}
    )
    path = f"/api/v2/connections/{made['id']}"
    with with_scopes(tenant, "read:connections", "update:connections") as client:
        assert "options" not in client.get(path).json()
        assert [row for row in client.get("/api/v2/connections").json() if "options" in row] == []
        assert client.get("/api/v2/connections", params={"fields": "name,options"}).json()[0].keys() >= {"name"}
        assert "theirs" not in client.get("/api/v2/connections", params={"fields": "name,options"}).text

        refused = client.patch(path, json={"options": {"client_secret": "ours"}})
        assert error_of(refused) == (403, "insufficient_scope")
        assert refused.json()["message"] == (
            'Updating the "options" property requires the "update:connections_options" scope.'
        )

        changed = client.patch(path, json={"display_name": "Line"})
        assert (changed.status_code, "options" in changed.json()) == (200, False)
    assert tenant.management("GET", path.removeprefix("/api/v2")).json()["options"] == {"client_secret": "theirs"}

    with with_scopes(tenant, "update:connections", "update:connections_options") as client:
        changed = client.patch(path, json={"options": {"client_secret": "ours"}})
        assert (changed.status_code, "options" in changed.json()) == (200, False)
    assert tenant.management("GET", path.removeprefix("/api/v2")).json()["options"] == {"client_secret": "ours"}
