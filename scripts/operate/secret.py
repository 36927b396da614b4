"""`make secret ENV=<environment> NAME=<connection>`: set or rotate the keys of a connection at Google or Amazon.

    make secret ENV=prod NAME=amazon                          ask for the client secret, without echo, then for a yes
    make secret ENV=prod NAME=amazon CONFIRM=prod < <file>    read it from standard input
    make secret ENV=prod NAME=amazon DRY=1                    only say what would change
    make secret ENV=prod NAME=api                             make the API of an environment with HS256

The client id is no secret: it is in `connection_client_ids` of the tfvars file. The secret goes only to the tenant;
Terraform neither knows nor reads it. The connection's other options stay as they are.

The verb needs an application with read:connections, update:connections, read:connections_options and
update:connections_options, in AUTH0_CLIENT_ID and its companions; or a token in AUTH0_API_TOKEN from the Management
API's page in Auth0's dashboard. Terraform's application must not have the last two scopes: its state would hold the
secret.

NAME=api is for an environment with HS256 (docs/migrate-from-rules.md). It makes the API in the tenant with a new
secret, and stores the secret where the authorizer reads it. It needs the credentials of Terraform's application and, in
AWS, ssm:GetParameter and ssm:PutParameter. It changes no secret of an API that exists; `make rotate-keys` does.

To rotate: create a second secret at the provider, which then accepts both; run this; sign in once; delete the first.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Mapping
from typing import Any

from scripts import confirmation, deployed, environments
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.management_api import ManagementApi
from scripts.management_scopes import OPTIONS
from scripts.operate import secret_of_api
from scripts.operate.doctor import target as tenants
from scripts.operate.doctor.target import Target
from scripts.signing_secret import Parameter

SCOPES = frozenset({"read:connections", "update:connections"}) | OPTIONS
"""The scopes of the Management API that the verb needs."""

_PROFILE: Mapping[str, Mapping[str, bool]] = {"google-oauth2": {"email": True, "profile": True}}
"""Options by strategy that ask a provider for the visitor's name and e-mail address, and for no more.

Auth0 documents no default for Google. It always asks Amazon for the profile (`ConnectionOptionsAmazon` of its SDKs).
"""


def main() -> None:
    """Set the keys of the connection that the command line names."""
    options = _options()
    environment = environments.find_cloud(
        options.environment,
        for_local="the local tenant plays the identity providers itself, so its connections need no keys; "
        "`make up API_SIGNING_ALGORITHM=HS256` gives its API a secret.",
    )
    if options.name == secret_of_api.NAME:
        environment.require_plannable()
        aws = deployed.find(environment)
        with deployed.resumable():
            secret_of_api.set_up(
                tenants.of(environment),
                Parameter(aws.client("ssm"), aws.name),
                confirmed=options.confirm,
                dry_run=options.dry_run,
            )
        return
    set_keys(tenants.of(environment), options.name, confirmed=options.confirm, dry_run=options.dry_run)


def set_keys(target: Target, name: str, *, confirmed: str = "", dry_run: bool = False) -> None:
    """Give a connection the declared client id, and the secret from the terminal or standard input.

    Raises:
        UserError: there is nothing to set, the credentials lack a scope, or the user does not agree.
        OperationError: the tenant did not store what it was sent.
    """
    client_id = _declared(target, name)
    with ManagementApi(target.tenant_url, target.shell) as api:
        step(f"Reading the connection {name} of {target.issuer}")
        api.require_scopes(
            SCOPES,
            "those of one that has them, or a token in AUTH0_API_TOKEN. Terraform's application does not get them "
            "(docs/operations.md).",
        )
        connection = _read(api, name)
        wanted = {**_asking(connection), "client_id": client_id}
        _say(connection["options"], wanted)
        if dry_run:
            return
        wanted["client_secret"] = _secret(name)
        if wanted == connection["options"]:
            step(f"{name} has this client id and this secret already; nothing was changed")
            return
        confirmation.require_name(target.name, confirmed, to=f"set the keys of {name}")
        api.send("PATCH", f"connections/{connection['id']}", body={"options": wanted})  # replaces all options
        kept = _read(api, name)["options"]
        if lost := sorted(option for option, value in wanted.items() if kept.get(option) != value):
            raise OperationError(f"the tenant did not keep {', '.join(lost)} of {name}; look at it in the dashboard.")
    step(f"{name} has the new keys: sign in once by it")
    detail(f"`make doctor ENV={target.name}` compares the client id; after a rotation delete the secret before")


def _declared(target: Target, name: str) -> str:
    """Return the client id that the tfvars file has for a connection."""
    known = ", ".join(sorted(target.access["connections"]))
    if name not in target.access["connections"]:
        raise UserError(
            f"say which connection of auth0/access.yaml: NAME=<one of {known}>; NAME=api is for an API with HS256."
        )
    if name not in target.connection_client_ids:
        raise UserError(
            f"{target.values_file} has no client id of {name}: register the site at the provider, and write "
            f'connection_client_ids = {{ {name} = "<client id>" }}.'
        )
    return target.connection_client_ids[name]


def _read(api: ManagementApi, name: str) -> Mapping[str, Any]:
    """Return a connection with its options.

    Raises:
        UserError: there is no such connection.
        OperationError: the answer lacks the options, so writing them back would lose all of them.
    """
    found = [row for row in api.rows("connections", "connections", name=name) if row["name"] == name]
    if not found:
        raise UserError(f"the tenant has no connection {name} yet; run `make plan` and `make apply` first.")
    if "options" not in found[0]:
        raise OperationError("the tenant does not show the connection's options; grant read:connections_options.")
    return found[0]


def _asking(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Return a connection's options; if they ask the provider for nothing, add those that ask for the profile."""
    options, profile = dict(connection["options"]), _PROFILE.get(connection["strategy"], {})
    if options.get("scope") or not profile:
        return options
    options.pop("scope", None)  # Auth0 derives it from the other options
    return {**options, **profile}


def _say(options: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    before, now = options.get("client_id") or "Auth0's development keys", wanted["client_id"]
    detail(f"client id: {now}, {'as it is' if before == now else f'instead of {before}'}")
    detail(f"client secret: {'yours, instead of the present one' if options.get('client_secret') else 'yours'}")
    for added in sorted(wanted.keys() - options.keys() - {"client_id"}):
        detail(f"{added}: {str(wanted[added]).lower()}, for the visitor's profile")
    kept = sorted(options.keys() - {"client_id", "client_secret"})
    detail(f"everything else stays{': ' if kept else ''}{', '.join(kept)}; everybody stays signed in")


def _secret(name: str) -> str:
    """Return the secret that a person types without echo, or the line on standard input."""
    asked = f"Client secret of {name} (it is not shown): "
    given = getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.read()
    lines = given.strip().splitlines()
    if len(lines) != 1:
        raise UserError(f"give the client secret of {name}, one line, at the terminal or on standard input.")
    return lines[0]


def _options() -> argparse.Namespace:
    parser = environments.parser("secret", __doc__)
    parser.add_argument("--name", default=os.environ.get("NAME", ""), help="the connection, or api; default: NAME")
    parser.add_argument("--dry-run", action="store_true", default=bool(os.environ.get("DRY")), help="as DRY=1")
    confirmation.add_argument(parser)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
