"""Turns the table of hostile tokens into events for the handler, and checks the handler's answers.

Nothing here imports the authorizer: the caller passes the handler, which may be a mutated one.
"""

import hashlib
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import jwt
import pytest

from scripts.build.data_files import compile_access_model, load_access, load_apis
from scripts.hostile_tokens.case import Answer, Case, Form, Setup
from scripts.hostile_tokens.cases.flawed_keys import flawed_key_set
from scripts.hostile_tokens.jose import public_jwk
from scripts.hostile_tokens.scenario import (
    ENDED,
    MACHINE_CLIENT,
    MACHINE_CLIENT_ID,
    REVOKED,
    SECOND_ISSUER,
    Scenario,
    find_target,
    new_key,
)
from tests.checkout import EXAMPLE
from tests.unit.functions.authorizer.iam import allows
from tests.unit.functions.authorizer.reference import Tenant, granted_operations

NOW, LEEWAY = 1_800_000_000, 5
POLICY_LIMIT = 8_192  # bytes, API Gateway's limit for an authorizer's answer
_HASH_KEY = "0123456789abcdef0123456789abcdef"
ACCESS_MODEL = compile_access_model(load_access(EXAMPLE / "auth0" / "access.yaml"), load_apis(EXAMPLE / "functions"))

type Handler = Callable[[Any, object], dict[str, Any]]


class _ParameterStore(BaseHTTPRequestHandler):
    """Answers SSM's GetParameter with the one secret, as the function reads it."""

    secret = secrets.token_urlsafe(32)

    def do_POST(self) -> None:
        assert self.headers["x-amz-target"] == "AmazonSSM.GetParameter"
        body = json.dumps({"Parameter": {"Type": "SecureString", "Value": self.secret}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def parameter_store() -> Iterator[None]:
    """Run a parameter store, and lead boto3 to it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _ParameterStore) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{server.server_address[1]}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def make_scenario() -> Iterator[Scenario]:
    """Make a tenant that publishes two keys. The address of its key set is a port on which nothing can listen."""
    with socket.socket() as reserved, parameter_store():
        reserved.bind(("127.0.0.1", 0))
        keys = [new_key(), new_key()]
        jwks = [{**public_jwk(key.public_key()), "kid": f"Za9_-{number}"} for number, key in enumerate(keys)]
        flawed_jwks, flawed_keys = flawed_key_set()
        yield Scenario(
            issuer=f"http://localhost:{reserved.getsockname()[1]}/",
            audience=ACCESS_MODEL["audience"],
            client_id="s1ngl3P4geAppl1cat10n",
            target=find_target(ACCESS_MODEL),
            now=NOW,
            leeway=LEEWAY,
            key_set=[*jwks, *flawed_jwks],
            key=keys[0],
            other_key=keys[1],
            secret=_ParameterStore.secret.encode(),
            flawed_keys=flawed_keys,
        )


def configured(scenario: Scenario, setup: Setup, lasts_seconds: int = 1) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the authorizer's environment and access model for a setup; setups differ in one thing each.

    The revocations last for `lasts_seconds`.
    """
    flawed = setup is Setup.FLAWED_KEYS
    settings = {
        "ISSUERS": scenario.issuer,
        "JWKS": json.dumps({"keys": scenario.key_set[::-1] if flawed else scenario.key_set[:2]}),
        "LEEWAY_SECONDS": str(scenario.leeway),
        "SUBJECT_HASH_KEY": _HASH_KEY,
    }
    access_model = {**ACCESS_MODEL, "role_based_access_control": setup is Setup.PERMISSIONS_TOO, "machine_clients": {}}
    if setup is Setup.TWO_ISSUERS:
        settings["ISSUERS"] += f" {SECOND_ISSUER}"
    if setup is Setup.MACHINE_CLIENT:
        settings["MACHINE_CLIENTS"] = json.dumps({MACHINE_CLIENT_ID: MACHINE_CLIENT})
        access_model["machine_clients"] = {MACHINE_CLIENT: list(scenario.target.scopes)}
    if setup is Setup.SHARED_SECRET:
        del settings["JWKS"]
        settings["SIGNING_ALGORITHM"] = "HS256"
        settings["SIGNING_SECRET_ARN"] = "arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse/signing-secret"
    if setup is Setup.REVOKED:
        settings["REVOCATIONS"] = json.dumps(_revocations(scenario, lasts_seconds))
    return settings, access_model


def _revocations(scenario: Scenario, lasts_seconds: int) -> dict[str, int]:
    """Return the revocation list: an entry of each kind, and two that have expired."""
    users = {name: f"sub:{_subject_hash(f'{scenario.target.connection}|{name}')}" for name in (REVOKED, ENDED)}
    lasting = (users[REVOKED], f"client:{REVOKED}", f"kid:{scenario.other_kid}", f"jti:{REVOKED}")
    return dict.fromkeys(lasting, scenario.now + lasts_seconds) | dict.fromkeys(
        (users[ENDED], f"jti:{ENDED}"), scenario.now
    )


def _subject_hash(subject: str) -> str:
    """Return a user's pseudonym in the revocation list: keyed BLAKE2b of `sub`, 128 bits (authorizer/subjects.py)."""
    return hashlib.blake2b(subject.encode(), key=_HASH_KEY.encode(), digest_size=16).hexdigest()


def event_of(case: Case, scenario: Scenario) -> object:
    """Return the event that a row sends."""
    made = case.recipe.make(scenario)
    if case.recipe.form is Form.TOKEN:
        return scenario.event(f"Bearer {made}")
    return scenario.event(made) if case.recipe.form is Form.HEADER else made


def check(case: Case, event: Any, handle: Handler, scenario: Scenario) -> None:
    """Raise AssertionError unless the handler answers a row's event as the table and the reference expect."""
    try:
        answer = handle(event, SimpleNamespace(aws_request_id="id"))
    except Exception as refusal:
        assert refusal.args == ("Unauthorized",), refusal  # noqa: PT017 - anything else is a 500 at API Gateway
        assert case.expected is Answer.UNAUTHORIZED, case.why
        return
    opened = _opened(answer, event, scenario.now)
    found = Answer.ALLOW if ("GET", scenario.target.path) in opened else Answer.DENY
    assert found is case.expected, case.why
    api = event["methodArn"].split("/")[3]
    granted = granted_operations(_claims_of(event), _tenant(scenario, case.setup))
    assert opened == {(method, path) for method, path in granted if path.split("/")[1] == api}
    assert len(json.dumps(answer, ensure_ascii=False).encode()) <= POLICY_LIMIT
    assert isinstance(answer["principalId"], str)
    assert {type(value) for value in answer["context"].values()} == {str}


def _opened(answer: Mapping[str, Any], event: Any, now: int) -> set[tuple[str, str]]:
    """Return the operations that IAM would let the caller invoke, on the stage that the event names."""
    stage = "/".join(event["methodArn"].split("/")[:2])
    return {
        (operation["method"], operation["path"])
        for operation in ACCESS_MODEL["operations"]
        if allows(
            answer["policyDocument"],
            f"{stage}/{operation['method']}{operation['path'].translate({ord('{'): None, ord('}'): None})}",
            now,
        )
    }


def _claims_of(event: Any) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(event["authorizationToken"].split()[-1], options={"verify_signature": False})
    return claims


def _tenant(scenario: Scenario, setup: Setup) -> Tenant:
    """Return the reference's configuration for a setup."""
    settings, access_model = configured(scenario, setup)
    machine_clients = json.loads(settings.get("MACHINE_CLIENTS", "{}"))
    return Tenant(frozenset(settings["ISSUERS"].split()), access_model, {}, scenario.leeway, machine_clients)
