"""`make up`: run the whole system on this machine. Run it again after any change, or after an interruption."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scripts import deployed, environments, provider_mirror, releases, tools
from scripts.build.artifacts import build, machine_architecture
from scripts.build.data_files import load_access, load_apis
from scripts.build.data_files.operations import operations
from scripts.build.superseded import keep_superseded
from scripts.console import detail, step
from scripts.errors import run
from scripts.local_stack import definitions, deployment, probe, services, settings
from scripts.local_stack.lock import exclusive
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.tools import ROOT


def main() -> None:
    """Build, start, apply, register the site's address at the tenant, wait, and print suggestions."""
    begun = time.monotonic()
    chosen = settings.from_environment(os.environ)
    for tool in (tools.TERRAFORM, tools.NODE, tools.NPM):
        tools.require(tool)
    provider_mirror.find_mirror(os.environ)
    with exclusive(chosen):
        for service in definitions.services(chosen):  # check all before the first start
            services.require_free_ports(service)
        step("Building the zips and the site")
        build(machine_architecture())
        step("Starting the emulated AWS and the local Auth0 tenant")
        for service in definitions.services(chosen):
            detail(f"{service.name}: {services.ensure(service)}, log {os.path.relpath(service.log)}")
        with deployment.site(chosen) as site:
            keep_superseded(site, ROOT / "build" / "site", datetime.now(UTC).date())
        step("Applying terraform/local (the first time takes about half a minute)")
        changed = deployment.deploy(chosen)
        detail("applied" if changed else "no changes")
        if changed:
            releases.record_apply(deployed.find(environments.find(environments.LOCAL)))
        step("Registering the site's address at the tenant, and waiting until everything answers")
        tenant = LocalTenant(chosen)
        tenant.set_site_origin(tenant.client_id(), chosen.site_origin)
        probe.wait(chosen)
    _say_what_to_try(chosen, time.monotonic() - begun)


def _say_what_to_try(chosen: Settings, seconds: float) -> None:
    print(f"""
Gatehouse is up, after {seconds:.0f} s:

    {chosen.site_origin}/

{invitation(load_access(ROOT / "auth0" / "access.yaml"), load_apis(ROOT / "functions"), chosen.site_origin)}

make status   show what runs   make logs    print its logs
make down     stop it          make clean   stop it and delete its data""")


def invitation(access: Mapping[str, Any], apis: Mapping[str, Any], origin: str) -> str:
    """Return suggestions for the present APIs: a line for each connection, and one request without a token.

    `access` is the content of access.yaml, `apis` the OpenAPI documents by the API's name, `origin` the site's.
    """
    lists = {
        name: operation
        for name, document in apis.items()
        for operation in operations(document)
        if (operation.method, operation.path) == ("GET", f"/{name}")
    }
    lines = []
    for connection in access["connections"].values():
        granted = set(connection["scopes"])
        seen = [name for name, operation in lists.items() if operation.allows(granted)]
        refused = [f"why not {name}" for name in lists if name not in seen]
        lines.append(f"Sign in with {connection['display_name']} to see {' and '.join([*seen, *refused])}.")
    if guarded := [name for name, operation in lists.items() if operation.any_of is not None]:
        lines += ["A request without a token gets the reason:", "", f"    curl -i {origin}/api/{guarded[-1]}"]
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
