"""What an Action can do, and what it cannot do to the tenant."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import jwt
import psutil
import pytest

from local.tenant.action_process import ActionProcess, Run
from local.tenant.errors import LoginError
from local.tenant.login.actions import Outcome, run_post_login
from local.tenant.store import Store
from local.tenant.tenant_log import TenantLog

TRIGGERS = [{"id": "post-login", "version": "v3"}]


def execute(*bodies: str, event: dict[str, Any] | None = None, limit: float = 20) -> list[Any]:
    """Run one Action a login, login after login in one process; return each one's calls, or the text of its error."""

    async def run() -> list[Any]:
        process = ActionProcess(limit)
        results: list[Any] = []
        for body in bodies:
            (done,) = await process.execute([action(body)], event or {})
            results.append(done.commands if done.error is None else done.error)
        await process.close()
        return results

    return asyncio.run(run())


def execute_together(*bodies: str) -> list[Run]:
    """Run Actions in one login."""

    async def run() -> list[Run]:
        process = ActionProcess()
        runs = await process.execute([action(body) for body in bodies], {})
        await process.close()
        return runs

    return asyncio.run(run())


def action(body: str, **secrets: str) -> dict[str, Any]:
    return {"code": f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};", "secrets": secrets}


def test_calls_come_back_in_order_and_may_be_chained() -> None:
    body = """
        api.accessToken.addScope("a").accessToken.removeScope("b");
        await null;
        api.idToken.setCustomClaim("c", {d: 1});
    """
    assert execute(body) == [
        [["accessToken.addScope", "a"], ["accessToken.removeScope", "b"], ["idToken.setCustomClaim", "c", {"d": 1}]]
    ]


def test_a_call_counts_with_what_it_was_given_then() -> None:
    body = 'const value = {a: 1}; api.idToken.setCustomClaim("c", value); value.a = 2;'
    assert execute(body) == [[["idToken.setCustomClaim", "c", {"a": 1}]]]


def test_an_action_sees_its_event() -> None:
    body = "api.accessToken.addScope(event.connection.strategy);"
    event = {"connection": {"strategy": 'amazon"\u2028</script>'}}
    assert execute(body, event=event) == [[["accessToken.addScope", event["connection"]["strategy"]]]]


@pytest.mark.parametrize(
    "first",
    [
        "globalThis.leak = 1;",
        "Object.prototype.leak = 1;",
        "leak = 1;",
        "setTimeout(() => { globalThis.leak = 1; }, 1);",
        "JSON.stringify = () => '{}';",
        "Array.prototype.push = () => {};",
        "event.leak = api.leak = 1;",
    ],
)
def test_one_login_leaves_nothing_behind_for_the_next(first: str) -> None:
    second = """
        await new Promise((done) => setTimeout(done, 20));
        const seen = [typeof leak, typeof ({}).leak, event.leak, api.leak, JSON.stringify([].push(1))];
        api.accessToken.addScope(seen.join());
    """
    assert execute(first, second)[1] == [["accessToken.addScope", "undefined,undefined,,,1"]]


def test_actions_of_one_login_share_the_metadata_of_the_transaction_and_nothing_else() -> None:
    first = 'api.transaction.setMetadata("kept", [1]); globalThis.leak = event.leak = 1;'
    second = """
        api.accessToken.addScope(JSON.stringify([event.transaction.metadata, typeof leak, event.leak ?? null]));
        api.transaction.setMetadata("kept", null);
    """
    runs = execute_together(first, second, "api.accessToken.addScope(JSON.stringify(event.transaction.metadata));")
    assert runs[1].commands == [["accessToken.addScope", '[{"kept":[1]},"undefined",null]']]
    assert runs[2].commands == [["accessToken.addScope", "{}"]]


@pytest.mark.parametrize("ending", ['api.access.deny("no");', 'throw new Error("no");'])
def test_no_action_runs_after_one_that_denied_or_failed(ending: str) -> None:
    runs = execute_together("", f'{ending} api.accessToken.addScope("a");', 'api.accessToken.addScope("b");')
    assert len(runs) == 2


def test_the_cache_outlives_a_login_and_keeps_its_limits() -> None:
    results = execute(
        'api.cache.set("a", "1"); api.cache.set("short", "1", {ttl: 1});',
        """
        await new Promise((done) => setTimeout(done, 5));
        const {value, expires_at} = api.cache.get("a");
        const minutes = Math.round((expires_at - Date.now()) / 60000);
        api.accessToken.addScope([value, minutes, api.cache.get("short"), api.cache.delete("a").type].join());
        """,
        'api.accessToken.addScope([api.cache.get("a"), api.cache.delete("a").type].join());',
        """
        const results = [];
        for (let number = 0; number < 25; number++) results.push(api.cache.set("key" + number, "v").type);
        results.push(api.cache.set("x".repeat(65), "v").code, api.cache.set("y", "v".repeat(4097)).code);
        api.accessToken.addScope(results.filter((each) => each !== "success").join());
        """,
    )
    assert results[1] == [["accessToken.addScope", "1,15,,success"]]
    assert results[2] == [["accessToken.addScope", ",error"]]
    assert results[3] == [["accessToken.addScope", ",".join(["error"] * 5 + ["CacheSizeExceeded"] * 2)]]


def test_an_error_is_told_by_its_text() -> None:
    assert execute(
        'throw new Error("no luck");', "event.missing.name;", "syntax error", 'throw "text";', "throw {};"
    ) == [
        "no luck",
        "Cannot read properties of undefined (reading 'name')",
        "Unexpected identifier 'error'",
        "text",
        "[object Object]",
    ]


REFUSED = [
    ("api.multifactor.enable('any');", "api.multifactor.enable"),
    ("api.authentication.challengeWith({type: 'otp'});", "api.authentication.challengeWith"),
    ("api.redirect.sendUserTo('https://x.example');", "api.redirect.sendUserTo"),
    ("if (api.redirect.canRedirect()) api.access.deny();", "api.redirect.canRedirect"),
    ("api.session.revoke('why');", "api.session.revoke"),
    ("api.refreshToken.setMetadata('a', 'b');", "api.refreshToken.setMetadata"),
    ("api.samlResponse.setAttribute('a', 'b');", "api.samlResponse.setAttribute"),
    ("api.validation.error('a', 'b');", "api.validation.error"),
    ("api.prompt.render('a');", "api.prompt.render"),
    ("await api.groups.getUserGroups();", "api.groups.getUserGroups"),
    ("await api.roles.getUserEffectiveRoles();", "api.roles.getUserEffectiveRoles"),
    ('require("axios");', 'packages in Actions: require("axios")'),
    ('const {a} = require("node:crypto");', 'packages in Actions: require("node:crypto")'),
    ("await fetch('https://x.example');", "network access: fetch"),
    ("new XMLHttpRequest();", "network access: XMLHttpRequest"),
    ("new WebSocket('wss://x.example');", "network access: WebSocket"),
]


@pytest.mark.parametrize(("body", "what"), REFUSED, ids=[what for _, what in REFUSED])
def test_what_is_not_supported_is_refused_by_name(body: str, what: str) -> None:
    assert execute(body) == [f"the local tenant does not support {what}"]


def test_what_is_said_to_the_console_comes_back_within_limits() -> None:
    (run,) = execute_together("""
        console.log("a", 1, {b: [2]}, undefined);
        const circle = {};
        circle.circle = circle;
        console.error("x".repeat(5000));
        console.info(circle);
        for (let number = 0; number < 500; number++) console.debug(number);
    """)
    assert run.console[0] == ["log", 'a 1 {"b":[2]} undefined']
    assert (run.console[1][0], len(run.console[1][1])) == ("error", 1000)
    assert run.console[2] == ["info", "[unprintable]"]
    assert len(run.console) == 100
    assert run.error is None


@pytest.mark.parametrize("body", ["for (;;);", "await null; for (;;);", "await new Promise(() => {});"])
def test_an_endless_action_ends_and_the_next_one_runs(body: str) -> None:
    results = execute(body, 'api.accessToken.addScope("a");', limit=2)
    assert results == ["the Actions took longer than 2 seconds", [["accessToken.addScope", "a"]]]


def test_an_action_that_eats_memory_ends_and_the_next_one_runs() -> None:
    hungry = "const all = []; for (;;) all.push(new Array(100000).fill(all.length));"
    assert execute(hungry, 'api.accessToken.addScope("a");') == [
        "the Action used too much memory",
        [["accessToken.addScope", "a"]],
    ]


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
    """Return what binds Actions, in order and after the seeded one, to the trigger of a tenant."""

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
    assert event["authorization"] == {"roles": []}
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


def test_the_tenants_log_forgets_the_oldest_rows() -> None:
    log = TenantLog()
    for number in range(1500):
        log.add("s", str(number))
    assert [row["description"] for row in log.rows()] == [str(number) for number in range(1499, 499, -1)]


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
    assert psutil.wait_procs(workers, timeout=10)[1] == []
