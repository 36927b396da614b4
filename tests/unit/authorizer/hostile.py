"""The table of hostile tokens made into events for the handler, and the judgement of what it answers.

Nothing here imports the authorizer: the handler to be judged is handed in, a mutated one too.
"""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import jwt

from scripts.attack.case import Answer, Case, Form, Setup
from scripts.attack.cases.flawed_keys import flawed_key_set
from scripts.attack.jose import public_jwk
from scripts.attack.world import MACHINE_CLIENT, MACHINE_CLIENT_ID, SECOND_ISSUER, World, find_target, new_key
from scripts.rules import load_project
from scripts.tools import ROOT
from tests.unit.authorizer.iam import allows
from tests.unit.authorizer.reference import Tenant, granted_operations

NOW, LEEWAY = 1_800_000_000, 5
POLICY_LIMIT = 8_192  # bytes; API Gateway's, for an authorizer's answer
RULES = load_project(ROOT).rules

type Handler = Callable[[Any, object], dict[str, Any]]


@contextmanager
def make_world() -> Iterator[World]:
    """Make a tenant that publishes two keys. Its key set's address is a port that nobody else can listen on."""
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


def event_of(case: Case, world: World) -> object:
    """Return the event that a row sends."""
    made = case.recipe.make(world)
    if case.recipe.form is Form.TOKEN:
        return world.event(f"Bearer {made}")
    return world.event(made) if case.recipe.form is Form.HEADER else made


def check(case: Case, event: Any, handle: Handler, world: World) -> None:
    """Raise AssertionError unless the handler answers a row's event as the table and the plain reference expect."""
    try:
        answer = handle(event, SimpleNamespace(aws_request_id="id"))
    except Exception as refusal:
        assert refusal.args == ("Unauthorized",), refusal  # noqa: PT017 - anything else is a 500 at API Gateway
        assert case.expected is Answer.UNAUTHORIZED, case.why
        return
    opened = _opened(answer, event)
    found = Answer.ALLOW if ("GET", world.target.path) in opened else Answer.DENY
    assert found is case.expected, case.why
    assert opened == granted_operations(_claims_of(event), _tenant(world, case.setup))
    assert len(json.dumps(answer, ensure_ascii=False).encode()) <= POLICY_LIMIT
    assert isinstance(answer["principalId"], str)
    assert {type(value) for value in answer["context"].values()} == {str}


def _opened(answer: Mapping[str, Any], event: Any) -> set[tuple[str, str]]:
    """Return the operations that IAM would let the caller invoke, on the stage that the event names."""
    stage = "/".join(event["methodArn"].split("/")[:2])
    return {
        (operation["method"], operation["path"])
        for operation in RULES["operations"]
        if allows(
            answer["policyDocument"],
            f"{stage}/{operation['method']}{operation['path'].translate({ord('{'): None, ord('}'): None})}",
            NOW,
        )
    }


def _claims_of(event: Any) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(event["authorizationToken"].split()[-1], options={"verify_signature": False})
    return claims


def _tenant(world: World, setup: Setup) -> Tenant:
    """Return what the plain reference has to know of a setup."""
    settings, rules = configured(world, setup)
    machine_clients = json.loads(settings.get("MACHINE_CLIENTS", "{}"))
    return Tenant(frozenset(settings["ISSUERS"].split()), rules, {}, LEEWAY, machine_clients)
