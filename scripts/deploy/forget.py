"""`make forget ENV=<environment> CONNECTION=<name>`: let Terraform forget a connection, which stays in the tenant.

    make forget ENV=prod CONNECTION=amazon    a connection
    make forget ENV=prod NAME=api             the API of an environment with HS256, and the parameter with its secret

Auth0 deletes a connection together with all its users, so no plan may destroy one. Remove the connection from
access.yaml first, then forget it. CONNECTION=all forgets every connection; `make destroy` does so by itself. The tenant
does not change.

With HS256, Terraform declares neither the API nor the parameter, so that no state holds the secret. The state of an
environment from an earlier version has both, and the next plan would delete them. NAME=api removes them from the state
and leaves the objects.
"""

import os
import re

from scripts import environments, tools
from scripts.build.data_files.access import load_access
from scripts.console import detail, step
from scripts.deploy.api_outside import undeclared_with_hs256
from scripts.errors import UserError, run
from scripts.terraform_root import TerraformRoot

ALL = "all"
API = "api"
_ADDRESS = re.compile(r'module\.auth0\.auth0_connection\.social\["([^"]+)"\]')


def managed_connections(root: TerraformRoot) -> dict[str, str]:
    """Return the connections that Terraform manages: the address in the state by the connection's name."""
    found = (_ADDRESS.fullmatch(address) for address in root.addresses())
    return {match[1]: match[0] for match in found if match}


def forget(root: TerraformRoot, name: str, declared: frozenset[str]) -> list[str]:
    """Remove a connection from the state, or all of them if `name` is ALL; return the names of the removed ones.

    `declared`: the names in access.yaml. ALL does nothing if Terraform manages none.

    Raises:
        UserError: Terraform does not manage the connection, or the next plan would create it again.
    """
    managed = managed_connections(root)
    if name != ALL and name not in managed:
        raise UserError(
            f"Terraform manages no connection '{name}': CONNECTION=<one of {', '.join([*sorted(managed), ALL])}>."
        )
    if name in declared:
        raise UserError(
            f"auth0/access.yaml still names {name}, so the next plan would create it again; remove it there first "
            f"(before a destroy: CONNECTION={ALL})."
        )
    chosen = sorted(managed) if name == ALL else [name]
    for each in chosen:
        root.forget(managed[each])
    return chosen


def forget_api(root: TerraformRoot, algorithm: str, environment: str) -> list[str]:
    """Take the API and the parameter with its secret out of the state; return their addresses, none if it has neither.

    Raises:
        UserError: the environment uses another algorithm than HS256, so the next plan would make the API again.
    """
    if algorithm != "HS256":
        raise UserError(
            f"{environment} signs with {algorithm}, so the next plan would create the API again; first set "
            'signing_algorithm = "HS256" in `tokens`.'
        )
    found = undeclared_with_hs256(root)
    if found:
        root.forget(*found)
    return found


def main() -> None:
    """Forget the connection that the command line names."""
    parser = environments.parser("forget", __doc__)
    parser.add_argument("--connection", default=os.environ.get("CONNECTION", ""), help="default: CONNECTION")
    parser.add_argument("--name", default=os.environ.get("NAME", ""), help=f"{API}, or nothing; default: NAME")
    arguments = parser.parse_args()
    environment = environments.find_cloud(
        arguments.environment,
        for_local="Terraform does not manage the local tenant's connections, so it cannot forget one.",
    )
    if arguments.name not in {"", API} or (arguments.name and arguments.connection):
        raise UserError(f"say one of CONNECTION=<name> and NAME={API}.")
    tools.require(tools.TERRAFORM)
    if arguments.name == API:
        step(f"Reading the state of {environment.name}")
        found = forget_api(environment.root(), environment.signing_algorithm, environment.name)
        for address in found:
            detail(f"Terraform no longer manages {address}; the object stays")
        if not found:
            detail("Terraform manages neither the API nor the parameter; nothing was done")
        return
    declared = frozenset(load_access(tools.ROOT / "auth0" / "access.yaml")["connections"])
    step(f"Reading the state of {environment.name}")
    for name in forget(environment.root(), arguments.connection, declared):
        detail(f"Terraform no longer manages {name}; the tenant keeps it with its users")


if __name__ == "__main__":
    run(main)
