"""The target of the checks: a tenant and an account, from an environment's files and the shell's variables."""

import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from scripts.build.data_files.access import load_access
from scripts.environments import LOCAL, CloudEnvironment, Environment, PreviewEnvironment, is_preview
from scripts.local_stack import definitions, settings
from scripts.management_api import tenant_url
from scripts.terraform_variables import Variables
from scripts.tools import ROOT


@dataclass(frozen=True)
class Target:
    """An environment's tenant and account.

    `access`: the content of access.yaml. `apis`: the number of REST APIs. `tenant_url`: the address of the Management
    API, None if AUTH0_DOMAIN is not set. `account`: None if AWS is emulated. `state_bucket`: the bucket's name and
    region, also None if AWS is emulated. `variables`: those of terraform/cloud, None for the local system.
    `connection_client_ids`: the variable of that name. `shell`: the variables that Terraform and its providers read. A
    preview uses the tenant's connections, but has an audience of its own.
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
    existing_api_id: str | None = None
    connection_client_ids: Mapping[str, str] = field(default_factory=dict)
    is_production: bool = False
    manages_look: bool = False
    state_bucket: tuple[str, str] | None = field(default=None)
    variables: Variables | None = None

    @functools.cached_property
    def session(self) -> boto3.Session:
        """The session of all questions to AWS: each new one reads botocore's descriptions of AWS again."""
        return boto3.Session(region_name=self.region)

    @property
    def is_preview(self) -> bool:
        """Whether this is a preview of a pull request."""
        return is_preview(self.name)

    @property
    def values_file(self) -> str:
        """The name of the tfvars file."""
        return (PreviewEnvironment if self.is_preview else CloudEnvironment)(self.name).values_file.name


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
        existing_api_id=environment.existing_api_id,
        connection_client_ids=environment.texts_in("connection_client_ids"),
        is_production=environment.flag("production"),
        manages_look=environment.flag("manage_tenant_look"),
        variables=environment.variables,
        state_bucket=(backend.get("bucket", ""), backend.get("region", "")),
        **_shared(environment.audience),
    )
