"""`make tenant`: run the local Auth0 tenant alone, in the foreground, on the ports and in the folder of `make up`."""

import argparse
import os

from scripts.child_environment import for_program
from scripts.console import detail, step
from scripts.errors import UserError, run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.services import Service

_OPTIONS = """\
Other options are passed to the tenant, with make as ARGS="...":
  --faults         let programs on this machine ask for faults at /_faults
  --host ADDRESS   listen on another address than 127.0.0.1; anyone who can reach it can sign in as anybody
  --name NAME      answer to this host name too (may be repeated)
  --empty          start as a new tenant: no application, API or connection
  --requests-per-second N   refuse more requests of the Management API; 2 is Auth0's Free plan
Every option, and the faults there are:  .venv/bin/python -m local.tenant --help

Environment: GATEHOUSE_AUTH0_PORT (default 4580), GATEHOUSE_AUTH0_TLS_PORT (4581), GATEHOUSE_LOCAL_DIR (.local).
"""


def main() -> None:
    """Replace this process by the tenant's.

    Raises:
        UserError: the tenant runs already, or another process holds one of its ports.
    """
    parser = argparse.ArgumentParser(
        prog="make tenant",
        description=__doc__,
        epilog=_OPTIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _, more = parser.parse_known_args()
    chosen = settings.from_environment(os.environ)
    service = definitions.auth0(chosen)
    if services.running(service):
        raise UserError(
            f"the local system's tenant already runs at {chosen.issuer}; use it, or stop it with `make down`."
        )
    services.require_free_ports(service)
    _announce(chosen.issuer)
    _become(service, more)


def _announce(issuer: str) -> None:
    step(f"The tenant's page: {issuer}")
    detail("Ada Lovelace, Grace Hopper and Alan Turing sign in without a password; so does any name that you type.")
    detail("A token for curl: make token CONNECTION=google-oauth2")
    detail("Ctrl-C stops it; its data stays in its folder until `make clean`.")


def _become(service: Service, more: list[str]) -> None:
    program, *arguments = service.command
    os.execve(program, [program, *arguments, *more], {**for_program(), **service.environment})  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    run(main)
