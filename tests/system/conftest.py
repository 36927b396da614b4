"""A visitor without a browser: the sign-in's requests and redirects, followed one by one."""

import contextlib
import json
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
import jwt
import pytest

from scripts.local_stack import definitions
from scripts.sign_in import Application
from scripts.sign_in import sign_in as scripts_sign_in
from tests.conftest import Stack
from tests.tls import CERTIFICATE_AUTHORITIES


@dataclass(frozen=True)
class Tokens:
    """The answer of the token endpoint."""

    access_token: str
    id_token: str
    refresh_token: str
    scope: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that carries the access token."""
        return {"authorization": f"Bearer {self.access_token}"}


def devices(stack: Stack, headers: Mapping[str, str]) -> int:
    """Return the status of the list of devices."""
    with stack.http() as http:
        return http.get("/api/devices", headers=dict(headers)).status_code


@contextlib.contextmanager
def traffic[T](answers: Generator[T]) -> Iterator[list[T]]:
    """Collect answers in a thread, one after the other, until the block ends; yield those that have come so far."""
    seen: list[T] = []
    ended = threading.Event()

    def visit() -> None:
        with contextlib.closing(answers):
            for answer in answers:
                seen.append(answer)
                if ended.is_set():
                    return

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        yield seen
    finally:
        ended.set()
        visitor.join()


def signing_in(stack: Stack, seconds: float) -> Generator[int]:
    """Sign in and call an API with the token, again and again for some seconds; yield the statuses."""
    while True:
        begun, tokens = time.monotonic(), sign_in_afresh(stack, "google-oauth2")
        while time.monotonic() - begun < seconds:
            yield devices(stack, tokens.bearer)
            time.sleep(0.2)


def tenants_keys(stack: Stack) -> list[tuple[str, str]]:
    """Return the `kid` and the PEM of each key that the local tenant publishes, the signing one first."""
    with contextlib.closing(sqlite3.connect(stack.settings.directory / "auth0" / "tenant.db")) as database:
        keys = [json.loads(text) for (text,) in database.execute('SELECT document FROM "signing-keys"')]
    keys = [key for key in keys if not key.get("revoked")]
    keys.sort(key=lambda key: not key.get("current"))
    return [(key["kid"], key["private_key"]) for key in keys]


def tenants_key(stack: Stack) -> tuple[str, str]:
    """Return the `kid` and the PEM of the local tenant's signing key."""
    return tenants_keys(stack)[0]


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    """Return the output of a command; if the command failed, fail with its whole output."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


type SignIn = Callable[..., Tokens]
"""Takes a connection, and a person if it matters who signs in."""


def aws_client(stack: Stack, service: str) -> Any:
    """Return a boto3 client of the stack's emulated AWS."""
    session = boto3.Session("test", "test", region_name=definitions.REGION)
    return session.client(service, endpoint_url=stack.settings.aws_url)


def log_messages(stack: Stack, group: str, since: float) -> list[str]:
    """Return the messages that a log group got since a time (Unix, seconds)."""
    pages = aws_client(stack, "logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=group, startTime=int(since * 1_000))
    return [event["message"] for page in found for event in page["events"]]


def json_lines(messages: list[str]) -> list[dict[str, Any]]:
    """Return the messages that are JSON; Lambda's own lines among them are not."""
    return [json.loads(message) for message in messages if message.startswith("{")]


def sign_in_afresh(stack: Stack, connection: str, person: str = "ada@example.com") -> Tokens:
    """Sign in like the site, with the scopes that it requests."""
    with stack.http() as site:
        config = site.get("/config.json").json()
    auth0 = config["auth0"]
    application = Application(auth0["client_id"], stack.site_url, auth0["audience"])
    scope = " ".join(["openid profile email offline_access", *config["scopes"]])
    with httpx.Client(
        base_url=stack.settings.issuer, timeout=30, trust_env=False, verify=CERTIFICATE_AUTHORITIES
    ) as tenant:
        body = scripts_sign_in(tenant, application, connection=connection, scope=scope, person=person)
    return Tokens(body["access_token"], body["id_token"], body["refresh_token"], body.get("scope", ""))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def sign(stack: Stack, by: tuple[str, str] | None = None, **claims: Any) -> str:
    """Sign a good token of a Google user with one of the tenant's own keys, by default the current one."""
    with stack.http() as http:
        auth0 = http.get("/config.json").json()["auth0"]
    kid, key = by or tenants_key(stack)
    good = {
        "iss": stack.settings.issuer,
        "sub": "google-oauth2|somebody",
        "aud": auth0["audience"],
        "iat": int(time.time()),
        "exp": int(time.time()) + 3600,
        "scope": "read:Devices",
        "azp": auth0["client_id"],
    }
    return jwt.encode(good | claims, key, "RS256", headers={"kid": kid})


@pytest.fixture(scope="session")
def sign_in(stack: Stack) -> SignIn:
    """Return a function that signs a person in by a connection, once for each signing key: tests share the tokens."""
    known: dict[tuple[str, str, str], Tokens] = {}

    def once(connection: str, person: str = "ada@example.com") -> Tokens:
        kid, _ = tenants_key(stack)  # a test that rotates the keys revokes the previous one, and with it its tokens
        if (connection, person, kid) not in known:
            known[connection, person, kid] = sign_in_afresh(stack, connection, person)
        return known[connection, person, kid]

    return once
