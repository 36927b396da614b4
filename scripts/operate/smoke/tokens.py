"""The tokens that smoke sends: one of a machine client, kept until it expires, and the previous one, which has expired.

Auth0 limits the tokens of machine clients by number, so a good one is used again. A file that only its owner can read
holds both.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from scripts import whole_file
from scripts.environments import CloudEnvironment, Environment
from scripts.local_stack import settings
from scripts.local_stack.tenant import LocalTenant
from scripts.sign_in import sign_in_machine

CLIENT = "smoke"
"""The name in access.yaml's machine_clients of the client that smoke uses."""

_LEAST_SECONDS = 120  # a kept token that ends sooner is replaced
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Tokens:
    """A presumably good token and an expired one; for each that is None, the reason."""

    good: str | None
    expired: str | None
    missing: tuple[str, ...]


def given(token: str) -> Tokens:
    """Return the tokens of a run to which the user gave a token."""
    return Tokens(token, None, ("an expired token: with TOKEN, none is kept",))


def of_machine_client(
    environment: Environment,
    clients: Mapping[str, str],
    audience: str,
    file: Path,
    is_good: Callable[[str], bool],
) -> Tokens:
    """Return the tokens of the machine client CLIENT: the kept one if it is still good, otherwise a new one.

    Args:
        environment: the environment that holds the client's secret.
        clients: the machine clients that the deployed authorizer knows, client ID to name.
        audience: the API that the token is for.
        file: the file that keeps the tokens.
        is_good: whether the deployed authorizer accepts a token.

    Raises:
        OperationError: the tenant issues no token.
    """
    client_id = next((client_id for client_id, name in clients.items() if name == CLIENT), None)
    kept = _read(file, client_id)
    ended = next((token for token in kept if _seconds_left(token) <= 0), None)
    why_no_expired = "an expired token: none that has ended is kept yet"
    if client_id is None:
        lacks = f"a good token: access.yaml of this deployment has no machine client `{CLIENT}` (docs/operations.md)"
        return Tokens(None, ended, (lacks,) if ended else (lacks, why_no_expired))
    good = next((token for token in kept if _seconds_left(token) > _LEAST_SECONDS and is_good(token)), None)
    if good is None:
        secret = _secret(environment, client_id)
        if secret is None:
            lacks = f"a good token: SMOKE_CLIENT_SECRET, the secret of the machine client `{CLIENT}`, is not set"
            return Tokens(None, ended, (lacks,) if ended else (lacks, why_no_expired))
        with httpx.Client(base_url=_issuer(environment), timeout=_TIMEOUT_SECONDS) as tenant:
            good = str(sign_in_machine(tenant, audience, client_id, secret)["access_token"])
        kept = [good, *kept]
    # Keep the good token and one older one, which has expired or will.
    whole_file.write(file, json.dumps([good, *[token for token in kept if token != good][:1]]).encode(), private=True)
    return Tokens(good, ended, () if ended else (why_no_expired,))


def claims(token: str) -> dict[str, Any]:
    """Return a token's claims, unverified; empty if the text is no token."""
    try:
        payload = token.split(".")[1]
        decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _read(file: Path, client_id: str | None) -> list[str]:
    """Return the kept tokens of a client; none if the environment was created again since."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    tokens = [token for token in found if isinstance(token, str)] if isinstance(found, list) else []
    return [token for token in tokens if client_id in {None, claims(token).get("azp"), claims(token).get("client_id")}]


def _seconds_left(token: str) -> float:
    ends = claims(token).get("exp", 0)
    return ends - time.time() if isinstance(ends, int | float) else 0.0


def _secret(environment: Environment, client_id: str) -> str | None:
    if isinstance(environment, CloudEnvironment):
        return os.environ.get("SMOKE_CLIENT_SECRET") or None
    return str(LocalTenant(settings.from_environment(os.environ)).api.get(f"clients/{client_id}")["client_secret"])


def _issuer(environment: Environment) -> str:
    if isinstance(environment, CloudEnvironment):
        return environment.issuer
    return settings.from_environment(os.environ).issuer
