"""What an Action can do, and what it cannot do to the tenant's process."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from local.tenant.action_process import ActionProcess, Run
from scripts.tools import ROOT


def execute(*bodies: str, event: dict[str, Any] | None = None, limit: float = 20) -> list[Any]:
    """Run one Action in each login, login after login in one process; return each one's calls, or its error's text.

    `limit` is the time of the first one in seconds; the others have Auth0's limit, so that a busy machine does not fail
    them.
    """

    async def run() -> list[Any]:
        process = ActionProcess(limit)
        results: list[Any] = []
        for body in bodies:
            (done,) = await process.execute([action(body)], event or {})
            results.append(done.commands if done.error is None else done.error)
            process.time_limit_seconds = 20
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


def test_a_call_keeps_the_values_that_it_was_called_with() -> None:
    body = 'const value = {a: 1}; api.idToken.setCustomClaim("c", value); value.a = 2;'
    assert execute(body) == [[["idToken.setCustomClaim", "c", {"a": 1}]]]


def test_an_action_sees_its_event() -> None:
    body = "api.accessToken.addScope(event.connection.strategy);"
    event = {"connection": {"strategy": 'amazon"\u2028</script>'}}
    assert execute(body, event=event) == [[["accessToken.addScope", event["connection"]["strategy"]]]]


@pytest.mark.parametrize(
    ("first", "limit"),
    [
        ("globalThis.leak = 1;", 20),
        ("Object.prototype.leak = 1;", 20),
        ("leak = 1;", 20),
        ("setTimeout(() => { globalThis.leak = 1; }, 1);", 20),
        ("JSON.stringify = () => '{}';", 20),
        ("Array.prototype.push = () => {};", 2),  # this one never returns
        ("event.leak = api.leak = 1;", 20),
    ],
)
def test_one_login_leaves_nothing_for_the_next(first: str, limit: float) -> None:
    second = """
        await new Promise((done) => setTimeout(done, 20));
        const seen = [typeof leak, typeof ({}).leak, event.leak, api.leak, JSON.stringify([].push(1))];
        api.accessToken.addScope(seen.join());
    """
    assert execute(first, second, limit=limit)[1] == [["accessToken.addScope", "undefined,undefined,,,1"]]


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


def test_an_error_is_reported_by_its_text() -> None:
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


def test_console_output_comes_back_within_limits() -> None:
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


def test_a_worker_ends_even_if_its_tenant_ended_before_it_began() -> None:
    gone = subprocess.Popen([sys.executable, "-I", "-c", ""])
    gone.wait()
    line = json.dumps({"actions": [action("for (;;);")], "event": {}, "cache": {}}) + "\n"
    command = [sys.executable, "-m", "local.tenant.action_worker", str(gone.pid)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None
        worker.stdin.write(line)
        worker.stdin.flush()
        try:
            assert worker.wait(120) == 1
        finally:
            worker.kill()
