"""`make status`: show the local system's services: whether each runs, its address, and whether it answers."""

import os

from scripts.errors import run
from scripts.local_stack import definitions, probe, services, settings


def main() -> None:
    """Print one line for each service and one for the site."""
    chosen = settings.from_environment(os.environ)
    all_run = True
    for service in definitions.services(chosen):
        process = services.running(service)
        all_run = all_run and process is not None
        ports = ", ".join(map(str, service.ports))
        state = f"running, process {process.pid}, port {ports}" if process else f"stopped (port {ports})"
        print(f"{service.name:6} {state}, log {os.path.relpath(service.log)}")
    if not all_run:
        print("site   not up; `make up` starts it")
        return
    print(f"site   {next(probe.problems(chosen), f'answers at {chosen.site_origin}/')}")


if __name__ == "__main__":
    run(main)
