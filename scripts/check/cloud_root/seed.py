"""Compares two tenants, member by member: the one that `make up` starts, and one that Terraform made with module auth0.

Both read the same copy of auth0/, with a machine client. Only identifiers, secrets, times and addresses may differ.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from scripts import tenant_look
from scripts.check.cloud_root.changes import add_a_machine_client
from scripts.check.cloud_root.sandbox import Sandbox
from scripts.check.cloud_root.tenant import Tenant
from scripts.console import detail
from scripts.errors import OperationError
from scripts.local_stack import definitions, services
from scripts.local_stack.settings import Settings, free_ports
from scripts.local_stack.tenant import LocalTenant
from scripts.management_api import ManagementApi, ManagementError
from scripts.tools import ROOT

ROOT_NAME = "module_auth0"
# Identifiers, secrets, times and counters.
_GENERATED = frozenset(
    {
        *("id", "_id", "client_id", "tenant", "themeId", "action_id", "connection_id"),
        *("client_secret", "signing_secret", "signing_keys", "tenant_secret"),
        *("created_at", "updated_at", "built_at", "build_time"),
    }
)
# Addresses: `make up` sets those of the site, the other tenant has no site.
_ADDRESSES = frozenset(
    {
        *("callbacks", "allowed_logout_urls", "web_origins", "allowed_origins", "initiate_login_uri"),
        *("logo_uri", "logo_url", "favicon_url"),
    }
)
_SHARED = (
    "tenants/settings",
    "branding",
    "branding/themes/default",
    "prompts",
    "prompts/login/custom-text/en",
)


def check(sandbox: Sandbox, tenant: Tenant) -> None:
    """Apply module auth0 and the look to the empty tenant, compare, and remove everything again.

    Raises:
        OperationError: an object of the seed differs, or the tenant is not empty at the end.
    """
    add_a_machine_client(sandbox.directory)
    begun = tenant.inventory()
    application = tenant.create_application_for_terraform(manages_look=True)
    variables = {"look_before": json.dumps(tenant_look.read(tenant.api))}
    root = sandbox.root_of_the_check(ROOT_NAME, application)
    root.plan(sandbox.directory / "seed.tfplan", var=variables)
    root.apply(sandbox.directory / "seed.tfplan")
    applied = objects(tenant.api)
    connections = [address for address in root.addresses() if ".auth0_connection.social[" in address]
    with ExitStack() as running:
        seeded = objects(_seeded_tenant(sandbox, running))
    root.forget(*connections)
    root.destroy(var=variables)
    for row in tenant.api.rows("connections", "connections"):
        tenant.api.send("DELETE", f"connections/{row['id']}")
    tenant.api.send("DELETE", f"clients/{application['client_id']}")
    if left := tenant.inventory() - begun:
        raise OperationError(f"module auth0 leaves {', '.join(sorted(left))} in the tenant")
    sandbox.restore_project()
    if found := list(differences(seeded, applied)):
        raise OperationError("the seed of the local tenant is not what module auth0 declares:\n  " + "\n  ".join(found))
    detail(f"{len(applied)} objects of the tenant are as module auth0 declares them, but for names and addresses")


def _seeded_tenant(sandbox: Sandbox, running: ExitStack) -> ManagementApi:
    """Start a tenant as `make up` does, on the same copy of auth0/; return its Management API."""
    aws_port, port, tls_port = free_ports(3)
    settings = Settings(sandbox.directory / "seeded", aws_port, port, tls_port)
    service = definitions.auth0(settings)
    given = str(ROOT / "auth0")
    command = tuple(part.replace(given, str(sandbox.directory / "auth0"), 1) for part in service.command)
    service = dataclasses.replace(service, command=command)
    running.callback(services.stop, service)
    services.ensure(service)
    local = LocalTenant(settings)
    local.configure()
    return local.api


def objects(api: ManagementApi) -> dict[str, Any]:
    """Return every object of a tenant but its management applications, by kind and name."""
    clients = {row["client_id"]: row["name"] for row in api.rows("clients", "clients")}
    audience = next(row for row in api.rows("resource-servers", "resource_servers") if not row.get("is_system"))
    grants = [row for row in api.rows("client-grants", "client_grants") if row["audience"] == audience["identifier"]]
    found = {path: _unless_missing(api, path) for path in _SHARED}
    for row in api.rows("clients", "clients"):
        if row["client_id"] in {grant["client_id"] for grant in grants}:
            found[f"application {row['name']}"] = row
    found["API"] = audience
    for grant in grants:
        found[f"grant of {clients[grant['client_id']]}"] = grant
    # A machine client signs nobody in. Auth0 enables a connection for it only if the connection existed first, and
    # Terraform creates both at the same time.
    with_users = {
        row["name"]
        for name, row in found.items()
        if name.startswith("application ") and row.get("app_type") != "non_interactive"
    }
    for row in api.rows("connections", "connections"):
        enabled = {clients[one] for one in api.clients_of_connection(row["id"])} & with_users
        found[f"connection {row['name']}"] = {**row, "enabled_clients": sorted(enabled)}
    for row in api.rows("actions/actions", "actions"):
        found[f"Action {row['name']}"] = api.get(f"actions/actions/{row['id']}")
    found["bindings"] = api.rows("actions/triggers/post-login/bindings", "bindings")
    return found


def differences(here: object, there: object, path: str = "") -> Iterator[str]:
    """Yield the path of each member that differs, with both values; `here`: the seed, `there`: Terraform's object."""
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for name in sorted((here.keys() | there.keys()) - _GENERATED - _ADDRESSES):
            inner = f"{path}: {name}" if path and ":" not in path else f"{path}.{name}" if path else name
            yield from differences(here.get(name, "no such member"), there.get(name, "no such member"), inner)
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, (one, other) in enumerate(zip(here, there, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif here != there:
        yield f"{path} is {_short(here)} in the seed, {_short(there)} from Terraform"


def _short(value: object) -> str:
    return json.dumps(value)[:120]


def _unless_missing(api: ManagementApi, path: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return api.get(path)
    except ManagementError as error:
        if error.status == 404:
            return None
        raise
