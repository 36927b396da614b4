"""`make up`: run the whole system on this machine. Run it again after any change, or after an interruption."""

import os
import time
from datetime import UTC, datetime

from scripts import provider_mirror, tools
from scripts.build.everything import build, machine_architecture
from scripts.build.superseded import keep_superseded
from scripts.console import detail, step
from scripts.errors import run
from scripts.local_stack import definitions, deployment, probe, services, settings
from scripts.local_stack.lock import exclusive
from scripts.local_stack.settings import Settings
from scripts.local_stack.tenant import LocalTenant
from scripts.tools import ROOT


def main() -> None:
    """Build, start, apply, register the site's address at the tenant, wait, and print what to try."""
    begun = time.monotonic()
    chosen = settings.from_environment(os.environ)
    for tool in (tools.TERRAFORM, tools.NODE, tools.NPM):
        tools.require(tool)
    provider_mirror.find_mirror(os.environ)
    with exclusive(chosen):
        for service in definitions.services(chosen):  # all of them before the first is started
            services.require_free_ports(service)
        step("Building the zips and the site")
        build(machine_architecture())
        step("Starting the emulated AWS and the local Auth0 tenant")
        for service in definitions.services(chosen):
            detail(f"{service.name}: {services.ensure(service)}, log {os.path.relpath(service.log)}")
        with deployment.site(chosen) as site:
            keep_superseded(site, ROOT / "build" / "site", datetime.now(UTC).date())
        step("Applying terraform/local (the first time takes about half a minute)")
        detail("applied" if deployment.deploy(chosen) else "no changes")
        step("Telling the tenant the site's address, and waiting until everything answers")
        tenant = LocalTenant(chosen)
        tenant.set_site_origin(tenant.client_id(), chosen.site_origin)
        probe.wait(chosen)
    _say_what_to_try(chosen, time.monotonic() - begun)


def _say_what_to_try(chosen: Settings, seconds: float) -> None:
    print(f"""
Gatehouse is up, after {seconds:.0f} s:

    {chosen.site_origin}/

Sign in with Google to see devices (and why not movies), with Amazon to see movies (and why not devices).
A request without a token is told why:

    curl -i {chosen.site_origin}/api/movies

make status   what runs            make logs    what it says
make down     stop, keep the data  make clean   stop and remove all of it""")


if __name__ == "__main__":
    run(main)
