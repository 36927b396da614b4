"""Every row of the table of hostile tokens and events, against the handler as `main` builds it."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from authorizer.configuration import build_handler
from authorizer.handler import Handler
from scripts.attack.case import Answer, Case, Form, Need, Setup
from scripts.attack.cases.flawed_keys import flawed_key_set
from scripts.attack.jose import public_jwk
from scripts.attack.table import TABLE
from scripts.attack.world import MACHINE_CLIENT, MACHINE_CLIENT_ID, SECOND_ISSUER, World, find_target, new_key
from scripts.rules import load_project
from scripts.tools import ROOT
from tests.unit.authorizer.iam import allows, routed
from tests.unit.authorizer.reference import Tenant, granted_operations

NOW, LEEWAY = 1_800_000_000, 5
POLICY_LIMIT = 8_192  # bytes; API Gateway's, for an authorizer's answer

RULES = load_project(ROOT).rules


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A tenant that publishes two keys. Its key set's address is a port that nobody can listen on."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        keys = [new_key(), new_key()]
        jwks = [{**public_jwk(key.public_key()), "kid": f"key-{number}"} for number, key in enumerate(keys)]
        flawed_jwks, flawed_keys = flawed_key_set()
        yield World(
            issuer=f"http://localhost:{reserved.getsockname()[1]}/",
            audience=RULES["audience"],
            client_id="s1ngl3P4geAppl1cat10n",
            target=find_target(RULES),
            now=NOW,
            leeway=LEEWAY,
            key_set=[*jwks, *flawed_jwks],
            key=keys[0],
            flawed_keys=flawed_keys,
        )


def configured(world: World, setup: Setup) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the authorizer's environment and its rules; each setup differs from the others in one thing."""
    flawed = setup is Setup.FLAWED_KEYS
    settings = {
        "ISSUERS": world.issuer,
        "JWKS": json.dumps({"keys": world.key_set if flawed else world.key_set[:2]}),
        "LEEWAY_SECONDS": str(world.leeway),
        "SUBJECT_HASH_KEY": "0123456789abcdef0123456789abcdef",
    }
    rules = {**RULES, "role_based_access_control": setup is Setup.PERMISSIONS_TOO, "machine_clients": {}}
    if setup is Setup.TWO_ISSUERS:
        settings["ISSUERS"] += f" {SECOND_ISSUER}"
    if setup is Setup.MACHINE_CLIENT:
        settings["MACHINE_CLIENTS"] = json.dumps({MACHINE_CLIENT_ID: MACHINE_CLIENT})
        rules["machine_clients"] = {MACHINE_CLIENT: list(world.target.scopes)}
    return settings, rules


type Decide = Callable[[object], tuple[Answer, dict[str, Any] | None]]


@pytest.fixture(scope="module")
def handlers(world: World) -> Callable[[Setup], Handler]:
    """Return the handler for a setup, made once."""
    made: dict[Setup, Handler] = {}

    def find(setup: Setup) -> Handler:
        if setup not in made:
            settings, rules = configured(world, setup)
            made[setup] = build_handler(
                settings, json.dumps(rules), clock=lambda: NOW, monotonic=lambda: 0.0, log=lambda _: None
            )
        return made[setup]

    return find


def event_of(case: Case, world: World) -> object:
    made = case.recipe.make(world)
    if case.recipe.form is Form.TOKEN:
        return world.event(f"Bearer {made}")
    return world.event(made) if case.recipe.form is Form.HEADER else made


def claims_of(event: Any) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(event["authorizationToken"].split()[-1], options={"verify_signature": False})
    return claims


def tenant(world: World, setup: Setup) -> Tenant:
    """Return what the plain reference has to know of a setup."""
    settings, rules = configured(world, setup)
    return Tenant(
        frozenset(settings["ISSUERS"].split()), rules, {}, LEEWAY, json.loads(settings.get("MACHINE_CLIENTS", "{}"))
    )


def judged(answer: Mapping[str, Any], event: Any, world: World) -> tuple[Answer, set[tuple[str, str]]]:
    """Return what IAM makes of an answer: for the target operation, and which operations are open at all."""
    stage = "/".join(event["methodArn"].split("/")[:2])
    document = answer["policyDocument"]
    operations = {(operation["method"], operation["path"]) for operation in RULES["operations"]}
    opened = {
        (method, path)
        for method, path in operations
        if allows(document, f"{stage}/{method}{path.replace('{', '').replace('}', '')}", NOW)
    }
    assert all(routed(method, path, operations) == (method, path) for method, path in operations)
    return (Answer.ALLOW if ("GET", world.target.path) in opened else Answer.DENY), opened


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in TABLE])
def test_hostile_tokens_and_events_get_the_answer_that_the_table_expects(
    case: Case, world: World, handlers: Callable[[Setup], Handler]
) -> None:
    event = event_of(case, world)
    try:
        answer = handlers(case.setup)(event, SimpleNamespace(aws_request_id="id"))
    except Exception as refusal:
        assert refusal.args == ("Unauthorized",)  # noqa: PT017 - anything else is a 500 at API Gateway
        assert case.expected is Answer.UNAUTHORIZED, case.why
        return
    found, opened = judged(answer, event, world)
    assert found is case.expected, case.why
    assert opened == granted_operations(claims_of(event), tenant(world, case.setup))
    text = json.dumps(answer, ensure_ascii=False).encode()
    assert len(text) <= POLICY_LIMIT
    assert isinstance(answer["principalId"], str)
    assert {type(value) for value in answer["context"].values()} == {str}


def test_the_table_is_as_large_as_it_says_and_every_row_has_a_name_and_a_reason_of_its_own() -> None:
    assert len(TABLE) >= 450
    assert [name for name, count in Counter(case.name for case in TABLE).items() if count > 1] == []
    assert [case.name for case in TABLE if not case.why or not case.category] == []


def test_every_category_with_a_setup_of_its_own_has_a_control_that_passes() -> None:
    for setup in Setup:
        assert [case for case in TABLE if case.setup is setup and case.expected is Answer.ALLOW], setup


def test_a_row_that_says_it_needs_less_than_the_issuers_key_can_be_made_without_it(world: World) -> None:
    from dataclasses import replace

    good = world.good_token()
    for case in TABLE:
        if case.recipe.need < Need.KEY:
            case.recipe.make(replace(world, key=None, token=good if case.recipe.need is Need.TOKEN else None))
