"""What an Action can do, and what it cannot do to the tenant."""

import asyncio
from typing import Any

import jwt
import pytest

from local_tenant.action_process import ActionProcess
from local_tenant.actions import Outcome
from local_tenant.errors import LoginError

TRIGGERS = [{"id": "post-login", "version": "v3"}]


def execute(*bodies: str, event: dict[str, Any] | None = None, limit: float = 20) -> list[Any]:
    """Run Actions one after the other in one process; return what each asked for, or the text of its error."""

    async def run() -> list[Any]:
        process = ActionProcess(limit)
        results: list[Any] = []
        for body in bodies:
            code = f"exports.onExecutePostLogin = async (event, api) => {{ {body} }};"
            try:
                results.append(await process.execute(code, event or {}))
            except LoginError as error:
                results.append(error.description)
        await process.close()
        return results

    return asyncio.run(run())


def test_calls_come_back_in_order_and_may_be_chained() -> None:
    body = """
        api.accessToken.addScope("a").accessToken.removeScope("b");
        await null;
        api.idToken.setCustomClaim("c", {d: 1});
    """
    assert execute(body) == [
        [["accessToken.addScope", "a"], ["accessToken.removeScope", "b"], ["idToken.setCustomClaim", "c", {"d": 1}]]
    ]


def test_an_action_sees_its_event() -> None:
    body = "api.accessToken.addScope(event.connection.strategy);"
    event = {"connection": {"strategy": 'amazon"\u2028</script>'}}
    assert execute(body, event=event) == [[["accessToken.addScope", event["connection"]["strategy"]]]]


def test_one_action_leaves_nothing_behind_for_the_next() -> None:
    first = "globalThis.leak = 1; Object.prototype.leak = 1;"
    assert execute(first, "api.accessToken.addScope(typeof leak + typeof ({}).leak);") == [
        [],
        [["accessToken.addScope", "undefinedundefined"]],
    ]


def test_an_error_is_told_by_its_text() -> None:
    assert execute('throw new Error("no luck");', "event.missing.name;", "syntax error") == [
        "Error: no luck",
        "TypeError: Cannot read properties of undefined (reading 'name')",
        "SyntaxError: Unexpected identifier 'error'",
    ]


def test_packages_are_refused_with_a_sentence() -> None:
    assert execute('require("axios");') == ['Error: the local tenant has no package "axios" for Actions']


@pytest.mark.parametrize("body", ["for (;;);", "await null; for (;;);", "await new Promise(() => {});"])
def test_an_endless_action_ends_and_the_next_one_runs(body: str) -> None:
    results = execute(body, 'api.accessToken.addScope("a");', limit=2)
    assert results == ["the Action took longer than 2 seconds", [["accessToken.addScope", "a"]]]


def test_an_action_that_eats_memory_ends_and_the_next_one_runs() -> None:
    hungry = "const all = []; for (;;) all.push(new Array(100000).fill(all.length));"
    results = execute(hungry, 'api.accessToken.addScope("a");')
    assert isinstance(results[0], str)
    assert results[1] == [["accessToken.addScope", "a"]]


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
    [('api.access.deny("Not today.");', "Not today."), ("event.nothing.name;", "TypeError: Cannot read properties")],
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
