"""How Actions change a login, and how the tenant's log records them."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import jwt
import psutil
import pytest

from local.tenant.action_process import ActionProcess
from local.tenant.errors import LoginError
from local.tenant.login.actions import Outcome, run_post_login
from local.tenant.store import Store
from local.tenant.tenant_log import TenantLog

TRIGGERS = [{"id": "post-login", "version": "v3"}]


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "scope", "azp", "permissions", "nonce"])
def test_claims_that_auth0_keeps_to_itself_are_dropped(name: str) -> None:
    outcome = Outcome([])
    outcome.apply("accessToken.setCustomClaim", [name, "forged"])
    outcome.apply("idToken.setCustomClaim", [name, "forged"])
    assert (outcome.access_claims, outcome.id_claims) == ({}, {})


@pytest.mark.parametrize("call", [("accessToken.addScope", [1]), ("accessToken.addScope", []), ("unknown", ["a"])])
def test_an_unusable_call_ends_the_login(call: tuple[str, list[Any]]) -> None:
    with pytest.raises(LoginError):
        Outcome([]).apply(*call)


@pytest.fixture
def tenant_with(run_tenant: Any, tmp_path: Any) -> Any:
    """Return a function that binds Actions to a tenant's trigger, in order, after the seeded one."""

    def bind(tenant: Any, *bodies: str) -> Any:
        path = "/actions/triggers/post-login/bindings"
        rows = [row["action"]["id"] for row in tenant.management("GET", path).json()["bindings"]]
        for number, body in enumerate(bodies):
            code = f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};"
            action = {"name": f"Action {number}", "code": code, "supported_triggers": TRIGGERS}
            created = tenant.management("POST", "/actions/actions", action).json()
            assert tenant.management("POST", f"/actions/actions/{created['id']}/deploy").status_code == 200
            rows.append(created["id"])
        bindings = [{"ref": {"type": "action_id", "value": value}} for value in rows]
        assert tenant.management("PATCH", path, {"bindings": bindings}).status_code == 200
        return tenant

    with run_tenant(tmp_path / "state") as tenant:
        yield lambda *bodies: bind(tenant, *bodies)


def test_actions_run_in_their_order_and_claims_reach_the_tokens(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with(
        'api.accessToken.removeScope("read:Movies"); api.accessToken.setCustomClaim("https://x/a", event.client.name);',
        'api.accessToken.addScope("read:Other"); api.idToken.setCustomClaim("https://x/b", event.stats.logins_count);',
    )
    app = tenant.create_client()
    tokens = browser_of(app, tenant).tokens("amazon")
    access = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    identity = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert "read:Movies" not in access["scope"].split()
    assert "read:Other" in access["scope"].split()
    assert access["https://x/a"] == app["name"]
    assert identity["https://x/b"] == 1


@pytest.mark.parametrize(
    ("body", "description"),
    [('api.access.deny("Not today.");', "Not today."), ("event.nothing.name;", "Cannot read properties of undefined")],
)
def test_a_refusal_or_an_error_ends_the_login_at_the_application(
    tenant_with: Any, browser_of: Any, body: str, description: str
) -> None:
    tenant = tenant_with(body)
    answer = browser_of(tenant.create_client(), tenant).sign_in()
    assert (answer["error"], answer["state"]) == ("access_denied", "the-state")
    assert answer["error_description"].startswith(description)


def test_a_refresh_that_an_action_refuses_can_be_tried_again(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with('if (event.transaction.protocol === "oauth2-refresh-token") api.access.deny("Not now.");')
    browser = browser_of(tenant.create_client(), tenant)
    token = browser.tokens()["refresh_token"]
    for _ in range(2):
        answer = browser.refresh(token)
        assert (answer.status_code, answer.json()) == (403, {"error": "access_denied", "error_description": "Not now."})


def test_a_draft_does_not_run(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with("")
    action = tenant.management("GET", "/actions/actions?actionName=Action%200").json()["actions"][0]
    code = 'exports.onExecutePostLogin = async (event, api) => api.access.deny("draft");'
    tenant.management("PATCH", f"/actions/actions/{action['id']}", {"code": code})
    assert "code" in browser_of(tenant.create_client(), tenant).sign_in()


def test_without_the_action_no_connection_is_held_back(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with()
    tenant.management("PATCH", "/actions/triggers/post-login/bindings", {"bindings": []})
    scopes = browser_of(tenant.create_client(), tenant).tokens("amazon")["scope"].split()
    assert {"read:Movies", "read:Devices"} <= set(scopes)


EVENT = 'api.idToken.setCustomClaim("https://x/event", event);'


def event_of(tokens: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})["https://x/event"]
    return event


def test_the_event_of_a_login_is_what_auth0_documents(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with(EVENT)
    app = tenant.create_client(client_metadata={"team": "a"})
    asked = {"acr_values": "one two", "ui_locales": "de en", "login_hint": "ada@example.com", "prompt": "login"}
    event = event_of(browser_of(app, tenant).tokens("google-oauth2", **asked))
    assert event["client"] == {"client_id": app["client_id"], "name": app["name"], "metadata": {"team": "a"}}
    assert (event["connection"]["name"], event["connection"]["strategy"]) == ("google-oauth2", "google-oauth2")
    assert event["resource_server"] == {"identifier": "https://StreamingResourceServer"}
    assert event["tenant"] == {"id": "localhost"}
    assert event["stats"] == {"logins_count": 1}
    assert event["secrets"] == {}
    assert event["authorization"] == {"roles": ["viewer"]}
    assert event["session"]["user_id"] == event["user"]["user_id"]
    assert event["authentication"]["methods"][0]["name"] == "federated"
    user = event["user"]
    assert (user["email"], user["email_verified"], user["name"]) == ("ada@example.com", True, "Ada Lovelace")
    assert user["app_metadata"] == user["user_metadata"] == {}
    assert user["identities"][0]["provider"] == "google-oauth2"
    assert user["user_id"] == f"google-oauth2|{user['identities'][0]['user_id']}"
    request = event["request"]
    assert (request["ip"], request["hostname"], request["geoip"]) == ("127.0.0.1", "localhost", {})
    assert "python-httpx" in request["user_agent"]
    assert request["query"]["audience"] == "https://StreamingResourceServer"
    transaction = event["transaction"]
    assert transaction["protocol"] == "oidc-basic-profile"
    assert set(transaction["requested_scopes"]) >= {"openid", "read:Movies", "read:Devices"}
    assert transaction["redirect_uri"] == "http://app.localhost:9000/"
    assert (transaction["acr_values"], transaction["ui_locales"]) == (["one", "two"], ["de", "en"])
    assert (transaction["prompt"], transaction["login_hint"]) == (["login"], "ada@example.com")
    assert transaction["metadata"] == {}
    assert not {"organization", "custom_domain", "refresh_token", "prompt"} & event.keys()


def test_the_event_of_a_refresh_knows_no_session_and_no_requested_scopes(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with(EVENT)
    lifetimes = {"token_lifetime": 86400, "idle_token_lifetime": 7200}
    ends = {"infinite_token_lifetime": False, "infinite_idle_token_lifetime": False}
    rotation = {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0}
    browser = browser_of(tenant.create_client(refresh_token={**rotation, **lifetimes, **ends}), tenant)
    first = browser.refresh(browser.tokens()["refresh_token"]).json()
    event = event_of(first)
    shown = event["refresh_token"]
    assert (shown["client_id"], shown["user_id"]) == (browser.app["client_id"], event["user"]["user_id"])
    assert shown["rotating"] is True
    assert shown["created_at"] <= shown["idle_expires_at"] <= shown["expires_at"]
    assert "last_exchanged_at" not in shown
    again = event_of(browser.refresh(first["refresh_token"]).json())["refresh_token"]
    assert again["id"] == shown["id"]
    assert again["last_exchanged_at"] >= shown["created_at"]
    assert event["transaction"]["protocol"] == "oauth2-refresh-token"
    assert "requested_scopes" not in event["transaction"]
    assert "session" not in event
    assert event["resource_server"] == {"identifier": "https://StreamingResourceServer"}
    assert event["request"]["body"]["grant_type"] == "refresh_token"
    assert "refresh_token" not in event["request"]["body"]
    assert event["user"]["email"] == "ada@example.com"


CODE_WITH_SECRET = """exports.onExecutePostLogin = async (event, api) => {
    api.idToken.setCustomClaim("https://x/key", event.secrets.KEY);
};"""


def test_secrets_are_each_actions_own(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with("", 'api.idToken.setCustomClaim("https://x/secrets", event.secrets);')
    action = tenant.management("GET", "/actions/actions?actionName=Action%200").json()["actions"][0]
    change = {"secrets": [{"name": "KEY", "value": "value-one"}]}
    path = f"/actions/actions/{action['id']}"
    assert tenant.management("PATCH", path, {**change, "code": CODE_WITH_SECRET}).status_code == 200
    assert tenant.management("POST", f"{path}/deploy").status_code == 200
    tokens = browser_of(tenant.create_client(), tenant).tokens()
    identity = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert identity["https://x/secrets"] == {}
    assert identity["https://x/key"] == "value-one"


def test_metadata_stays_with_the_user_even_after_a_denial(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with(
        """
        const count = (event.user.app_metadata.count ?? 0) + 1;
        api.user.setAppMetadata("count", count);
        api.user.setUserMetadata("colour", count === 1 ? "blue" : null);
        if (count === 1) api.access.deny("Come again.");
        """,
        'api.idToken.setCustomClaim("https://x/user", event.user);',
    )
    browser = browser_of(tenant.create_client(), tenant)
    assert browser.sign_in()["error_description"] == "Come again."
    identity = jwt.decode(browser.tokens(prompt="login")["id_token"], options={"verify_signature": False})
    assert identity["https://x/user"]["app_metadata"] == {"count": 1}
    assert identity["https://x/user"]["user_metadata"] == {"colour": "blue"}
    identity = jwt.decode(browser.tokens(prompt="login")["id_token"], options={"verify_signature": False})
    assert identity["https://x/user"]["app_metadata"] == {"count": 2}
    assert identity["https://x/user"]["user_metadata"] == {}


def bind(store: Store, code: str, **secrets: str) -> None:
    rows = [{"name": name, "value": value} for name, value in secrets.items()]
    store.actions.put("a", {"id": "a", "name": "Talkative", "deployed_version": {"code": code, "secrets": rows}})
    store.bindings.put("post-login", {"bindings": [{"action_id": "a"}]})


def test_the_tenants_log_keeps_what_actions_say_without_tokens_and_secrets(tmp_path: Path) -> None:
    store, log = Store(tmp_path), TenantLog()
    token = jwt.encode({"sub": "somebody"}, "a key of no less than thirty-two bytes", "HS256")
    body = 'console.warn("key", event.secrets.KEY, event.token); throw new Error(event.secrets.KEY);'
    bind(store, f"exports.onExecutePostLogin = async (event) => {{ {body} }};", KEY="value-one")

    event = {
        "client": {"client_id": "c", "name": "Shop"},
        "connection": {"name": "amazon", "strategy": "amazon"},
        "user": {"user_id": "amazon|1"},
        "transaction": {"protocol": "oidc-basic-profile"},
    }

    async def run() -> None:
        process = ActionProcess()
        try:
            await run_post_login(store, process, log, {**event, "token": token}, [])
        finally:
            await process.close()

    with pytest.raises(LoginError, match="access_denied"):
        asyncio.run(run())
    store.close()
    refused, failed, said = log.rows()
    assert (said["type"], said["level"], said["action"]) == ("action_console", "warn", "Talkative")
    assert said["description"] == "key (secret) (token)"
    assert failed["description"] == refused["description"] == "(secret)"
    assert (refused["type"], refused["client_name"], refused["connection"]) == ("f", "Shop", "amazon")


def test_the_tenants_log_is_read_through_the_management_api(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with(
        'console.log("hello", event.connection.name); if (event.transaction.prompt[0]) throw new Error("no");'
    )
    app = tenant.create_client()
    browser = browser_of(app, tenant)
    browser.tokens("amazon")
    browser.sign_in("amazon", prompt="login")
    rows = tenant.management("GET", "/logs").json()
    assert [row["type"] for row in rows] == ["f", "action_error", "action_console", "s", "action_console"]
    assert [row["description"] for row in rows] == ["no", "no", "hello amazon", "Login", "hello amazon"]
    assert rows[0]["client_id"] == app["client_id"]
    assert tenant.management("GET", f"/logs/{rows[0]['log_id']}").json() == rows[0]
    assert tenant.management("GET", "/logs/none").status_code == 404
    page = tenant.management("GET", "/logs?per_page=1&page=1&include_totals=true&fields=type").json()
    assert page["logs"] == [{"log_id": rows[1]["log_id"], "type": "action_error"}]
    assert page["total"] == 5


def test_a_killed_tenant_takes_a_busy_action_with_it(tenant_with: Any, browser_of: Any) -> None:
    tenant = tenant_with("for (;;);")
    browser = browser_of(tenant.create_client(), tenant)
    page = browser.http.get(browser.authorize(connection="amazon").headers["location"])
    browser.http.timeout = 3
    with pytest.raises(httpx.ReadTimeout):
        browser.identify(page)
    workers = psutil.Process(tenant.process.pid).children()
    assert len(workers) == 1
    tenant.process.kill()
    assert psutil.wait_procs(workers, timeout=300)[1] == []
