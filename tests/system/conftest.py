"""A visitor without a browser: the sign-in's requests and redirects, followed one by one."""

import base64
import contextlib
import hashlib
import json
import re
import secrets
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import boto3
import httpx
import pytest

from scripts.local_stack import definitions
from tests.conftest import Stack

LOG_EVENTS_LIMIT = 10_000


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint answered."""

    access_token: str
    id_token: str
    refresh_token: str
    scope: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that carries the access token."""
        return {"authorization": f"Bearer {self.access_token}"}


def tenants_keys(stack: Stack) -> list[tuple[str, str]]:
    """Return the `kid` and the PEM of each key of the local tenant, from its own folder: first the one that signs."""
    with contextlib.closing(sqlite3.connect(stack.settings.directory / "auth0" / "tenant.db")) as database:
        keys = [json.loads(text) for (text,) in database.execute('SELECT document FROM "signing-keys"')]
    keys.sort(key=lambda key: not key.get("current"))
    return [(key["kid"], key["private_key"]) for key in keys]


def tenants_key(stack: Stack) -> tuple[str, str]:
    """Return the `kid` and the PEM of the key that the local tenant signs with."""
    return tenants_keys(stack)[0]


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    """Return what a command said; fail with all of it when the command did."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


type SignIn = Callable[..., Tokens]
"""From a connection, and a person if it matters who."""


def aws_client(stack: Stack, service: str) -> Any:
    """Return a boto3 client of the stack's emulated AWS."""
    session = boto3.Session("test", "test", region_name=definitions.REGION)
    return session.client(service, endpoint_url=stack.settings.aws_url)


def log_messages(stack: Stack, group: str, since: float) -> list[str]:
    """Return what a log group got since a time (Unix, seconds).

    ministack answers the first 10,000 events, and has no pages.
    """
    logs = aws_client(stack, "logs")
    events = logs.filter_log_events(logGroupName=group, startTime=int(since * 1_000))["events"]
    assert len(events) < LOG_EVENTS_LIMIT
    return [event["message"] for event in events]


def json_lines(messages: list[str]) -> list[dict[str, Any]]:
    """Return those that are JSON; Lambda's own lines between them are not."""
    return [json.loads(message) for message in messages if message.startswith("{")]


def sign_in_afresh(stack: Stack, connection: str, person: str = "ada@example.com") -> Tokens:
    """Sign in with authorization code and PKCE (RFC 6749 §4.1, RFC 7636), exactly as the site does."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    with stack.http() as site:
        auth0 = site.get("/config.json").json()["auth0"]
    callback = stack.site_url
    with httpx.Client(base_url=stack.settings.issuer, timeout=30, trust_env=False) as tenant:
        answer = tenant.get(
            "/authorize",
            params={
                "client_id": auth0["client_id"],
                "audience": auth0["audience"],
                "redirect_uri": callback,
                "response_type": "code",
                "scope": "openid profile email offline_access read:Movies read:Devices",
                "state": state,
                "nonce": secrets.token_urlsafe(16),
                "code_challenge": challenge,
                "code_challenge_method": "S256",
                "connection": connection,
            },
        )
        page = tenant.get(urljoin(stack.settings.issuer, answer.headers["location"]))
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf, page.text
        answer = tenant.post(str(page.url), data={"csrf": csrf[1], "person": person})
        returned = urlsplit(answer.headers["location"])
        query = dict(parse_qsl(returned.query))
        assert f"{returned.scheme}://{returned.netloc}" == callback
        assert query["state"] == state
        token = tenant.post(
            "/oauth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": auth0["client_id"],
                "code": query["code"],
                "code_verifier": verifier,
                "redirect_uri": callback,
            },
        )
        token.raise_for_status()
        body = token.json()
    return Tokens(body["access_token"], body["id_token"], body["refresh_token"], body.get("scope", ""))


@pytest.fixture(scope="session")
def sign_in(stack: Stack) -> SignIn:
    """Return what signs in with a connection; each person once, for the tests share the tokens."""
    known: dict[tuple[str, str], Tokens] = {}

    def once(connection: str, person: str = "ada@example.com") -> Tokens:
        if (connection, person) not in known:
            known[connection, person] = sign_in_afresh(stack, connection, person)
        return known[connection, person]

    return once
