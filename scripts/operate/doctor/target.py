"""The target of the checks: a tenant and an account, named by an environment's files and the shell's variables."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import hcl2

from scripts.build.data_files.access import load_access
from scripts.environments import LOCAL, CloudEnvironment, Environment, PreviewEnvironment, is_preview
from scripts.local_stack import definitions, settings
from scripts.management_api import tenant_url
from scripts.tools import ROOT


@dataclass(frozen=True)
class Target:
    """An environment's tenant and account.

    `access` is the content of access.yaml, `apis` the number of REST APIs. `tenant_url` is where the Management API
    answers; None when AUTH0_DOMAIN is not set. `account` is None where AWS is emulated, and so is `state_bucket`, which
    else has the bucket's name and region. `shell` holds the variables that Terraform and its providers read. A preview
    uses the tenant's connections, and its audience is its own.
    """

    name: str
    issuer: str
    account: str | None
    region: str
    api_signing_algorithm: str
    tenant_url: str | None
    shell: Mapping[str, str]
    access: Mapping[str, Any]
    apis: int
    existing_connections: frozenset[str] = frozenset()
    development_keys_accepted: frozenset[str] = frozenset()
    manages_look: bool = False
    state_bucket: tuple[str, str] | None = field(default=None)

    @property
    def is_preview(self) -> bool:
        """Whether this is a preview of a pull request."""
        return is_preview(self.name)

    @property
    def values_file(self) -> str:
        """The name of the tfvars file."""
        return (PreviewEnvironment if self.is_preview else CloudEnvironment)(self.name).values_file.name

    @property
    def connections_with_keys(self) -> frozenset[str]:
        """The connections that TF_VAR_connection_credentials has keys for."""
        return frozenset(self.connection_credentials)

    @property
    def connection_credentials(self) -> Mapping[str, Any]:
        """The content of TF_VAR_connection_credentials, in JSON or in Terraform's syntax; empty if it is neither."""
        text = self.shell.get("TF_VAR_connection_credentials", "{}")
        try:
            found = json.loads(text)
        except ValueError:
            try:
                found = hcl2.loads(f"value = {text}\n")["value"]
            except Exception:  # the parser's errors share no base class; Terraform will name the mistake
                return {}
        return _unquoted(found) if isinstance(found, dict) else {}


def _unquoted(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a value of hcl2's parser, which leaves the quotes of names and texts."""
    if isinstance(value, dict):
        return {str(name).strip('"'): _unquoted(one) for name, one in value.items()}
    return value.strip('"') if isinstance(value, str) else value


def of(environment: Environment) -> Target:
    """Return the target of an environment; raises UserError when its files cannot be read."""
    return _cloud(environment) if isinstance(environment, CloudEnvironment) else _local()


def _shared(audience: str | None = None) -> dict[str, Any]:
    documents = (ROOT / "functions").glob("*/openapi.yaml")
    access = load_access(ROOT / "auth0" / "access.yaml")
    return {"access": {**access, "audience": audience or access["audience"]}, "apis": len(list(documents))}


def _local() -> Target:
    chosen = settings.from_environment(os.environ)
    credentials: dict[str, Any] = {}
    file = chosen.directory / "auth0" / "management.json"
    if file.exists():
        credentials = json.loads(file.read_text(encoding="utf-8"))
    names = {"AUTH0_CLIENT_ID": "client_id", "AUTH0_CLIENT_SECRET": "client_secret"}
    return Target(
        name=LOCAL,
        issuer=chosen.issuer,
        account=None,
        region=definitions.REGION,
        api_signing_algorithm=chosen.api_signing_algorithm,
        tenant_url=chosen.issuer.rstrip("/"),
        shell={variable: credentials[name] for variable, name in names.items() if name in credentials},
        development_keys_accepted=frozenset(_shared()["access"]["connections"]),
        **_shared(),
    )


def _cloud(environment: CloudEnvironment) -> Target:
    backend = environment.backend()
    return Target(
        name=environment.name,
        issuer=environment.issuer,
        account=environment.value("aws_account_id"),
        region=environment.value("region"),
        api_signing_algorithm=environment.signing_algorithm,
        tenant_url=tenant_url(os.environ),
        shell=os.environ,
        existing_connections=frozenset(environment.names_in("existing_connection_ids")),
        development_keys_accepted=frozenset(environment.names_in("development_keys_accepted")),
        manages_look=environment.flag("manage_tenant_look"),
        state_bucket=(backend.get("bucket", ""), backend.get("region", "")),
        **_shared(environment.audience),
    )
