"""Where the checks look: a tenant and an account, as an environment's files and the shell's variables name them."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.environments import LOCAL, Environment
from scripts.local_stack import definitions, settings


@dataclass(frozen=True)
class Place:
    """What the environment's files say (first six), and what the shell holds.

    `tenant_url` is where the Management API answers; None when AUTH0_DOMAIN is not set. `account` is None where AWS is
    emulated.
    """

    name: str
    issuer: str
    account: str | None
    region: str
    existing_connections: frozenset[str]
    api_signing_algorithm: str
    tenant_url: str | None
    shell: Mapping[str, str]


def of(environment: Environment) -> Place:
    """Return the place of an environment; raises UserError when its files cannot be read."""
    return _local() if environment.name == LOCAL else _cloud(environment)


def _local() -> Place:
    chosen = settings.from_environment(os.environ)
    credentials: dict[str, Any] = {}
    file = chosen.directory / "auth0" / "management.json"
    if file.exists():
        credentials = json.loads(file.read_text(encoding="utf-8"))
    names = {"AUTH0_CLIENT_ID": "client_id", "AUTH0_CLIENT_SECRET": "client_secret"}
    return Place(
        name=LOCAL,
        issuer=chosen.issuer,
        account=None,
        region=definitions.REGION,
        existing_connections=frozenset(),
        api_signing_algorithm=chosen.api_signing_algorithm,
        tenant_url=chosen.issuer.rstrip("/"),
        shell={variable: credentials[name] for variable, name in names.items() if name in credentials},
    )


def _cloud(environment: Environment) -> Place:
    # As Terraform's provider reads it: a bare host, or one with a scheme.
    domain = os.environ.get("AUTH0_DOMAIN", "").removeprefix("https://").rstrip("/")
    return Place(
        name=environment.name,
        issuer=environment.value("issuer"),
        account=environment.value("aws_account_id"),
        region=environment.value("region"),
        existing_connections=frozenset(environment.keys_of("existing_connection_ids")),
        api_signing_algorithm=environment.value("api_signing_algorithm"),
        tenant_url=f"https://{domain}" if domain else None,
        shell=os.environ,
    )
