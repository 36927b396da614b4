"""`make destroy ENV=<environment>`: delete all that Terraform manages there, and nothing that others depend on.

Connections stay in the tenant, because Auth0 deletes a connection together with all its users. Say what happens to
tables with deletion protection, and to those of production: TABLES=keep leaves them in the account, TABLES=delete
deletes them with all rows. The command plans the whole destroy first; if a protected object would stop it half-way, it
deletes nothing. With HS256 the API stays in the tenant too, because it may be older than this project; the parameter
with its secret goes.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts import confirmation, deployed, environments, saved_plan, tools
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError, run
from scripts.safe_destroy import CONNECTION, DELETE, KEEP, ROW, TABLE, Managed, destroy, managed
from scripts.signing_secret import Parameter


def require_word_for_tables(found: list[Managed], environment: str, tables: str, *, is_production: bool) -> None:
    """Raise UserError if tables are protected, or production's, and `tables` does not say what happens to them."""
    choice = f"TABLES={KEEP} leaves them in the account, TABLES={DELETE} deletes them with all their rows"
    if tables not in {"", KEEP, DELETE}:
        raise UserError(f"TABLES is {KEEP} or {DELETE}, not '{tables}': {choice}.")
    names = [one.name for one in found if one.kind == TABLE and (is_production or one.is_protected)]
    if names and not tables:
        why = "is production" if is_production else "has protected tables"
        raise UserError(f"nothing was destroyed: {environment} {why}. Decide about {', '.join(names)}: {choice}.")


def describe(kept: list[Managed]) -> Iterator[str]:
    """Yield a line for each object that stays, with how a later apply takes it over."""
    connections = {one.name: one.identifier for one in kept if one.kind == CONNECTION}
    for name, identifier in connections.items():
        yield f"stays in the tenant, with its users: the connection {name} ({identifier})"
    if connections:
        ids = ", ".join(f'{name} = "{identifier}"' for name, identifier in connections.items())
        yield f"to take them over in a later apply: existing_connection_ids = {{ {ids} }} in the tfvars file"
    for one in kept:
        if one.kind == TABLE:
            yield f"stays in the account: the table {one.name}; before a later apply, import it to {one.address}"


def _unprotecting(region: str) -> Callable[[str], None]:
    tables = boto3.client("dynamodb", region_name=region)

    def unprotect(name: str) -> None:
        detail(f"removing the deletion protection of {name}")
        try:
            tables.update_table(TableName=name, DeletionProtectionEnabled=False)
        except (BotoCoreError, ClientError) as error:
            raise OperationError(f"{name} keeps its protection, which would stop the destroy: {error}") from error

    return unprotect


def remove_origin_keys(target: Deployed) -> list[str]:
    """Remove the API keys that `make origin-key` created, which Terraform does not know; return their names.

    Raises:
        OperationError: API Gateway refuses to remove them.
    """
    prefix = f"{target.name}-origin-"
    try:
        pages = target.apis.get_paginator("get_api_keys").paginate(nameQuery=prefix)
        keys = [key for page in pages for key in page["items"] if key["name"].startswith(prefix)]
        for key in keys:
            target.apis.delete_api_key(apiKey=key["id"])
    except (BotoCoreError, ClientError) as error:
        raise OperationError(
            f"everything except the origin keys is destroyed; delete {prefix}* in API Gateway: {error}"
        ) from error
    return [key["name"] for key in keys]


def leave_api(target: Deployed, environment: str) -> Iterator[str]:
    """Delete the parameter with the secret of HS256; yield lines that say so, and that the API stays."""
    parameter = Parameter(target.client("ssm"), target.name)
    try:
        if parameter.delete():
            yield f"removed the parameter {parameter.name}, which `make secret` made"
    except (BotoCoreError, ClientError) as error:
        raise OperationError(
            f"everything except the parameter {parameter.name} is destroyed; delete it in AWS: {error}"
        ) from error
    yield "stays in the tenant: the API, without scopes; if nobody uses it, delete it at Auth0 > Applications > APIs"
    yield f"to use it in a later apply: `make secret ENV={environment} NAME=api` stores its secret again"


def main() -> None:
    """Ask, then destroy the environment that the command line names."""
    parser = environments.parser("destroy", __doc__)
    confirmation.add_argument(parser)
    parser.add_argument("--tables", default=os.environ.get("TABLES", ""), help=f"{KEEP} or {DELETE}; default: TABLES")
    arguments = parser.parse_args()
    environment = environments.find_cloud(arguments.environment, for_local="`make clean` removes the local system.")
    tools.require(tools.TERRAFORM)
    target = deployed.find(environment)  # refuses another account's credentials
    step(f"Reading the state of {environment.name}")
    root = environment.root()
    found = managed(root.objects())
    if not found:
        detail(f"Terraform manages nothing in {environment.name}")
        return
    require_word_for_tables(found, environment.name, arguments.tables, is_production=environment.flag("production"))
    for kind, number in sorted(Counter(one.kind for one in found if one.kind != CONNECTION).items()):
        detail(f"{number:>4} {kind}{' (kept)' if arguments.tables == KEEP and kind in {TABLE, ROW} else ''}")
    confirmation.require_name(environment.name, arguments.confirm, to="destroy it")
    step(f"Building for {environment.name}, because Terraform reads the archives even for a destroy")
    environments.build_for(environment)
    step(f"Destroying {environment.name} (CloudFront takes minutes)")
    saved_plan.discard(environment)
    plan_file = environment.plan_file.with_suffix(".destroy.tfplan")
    kept = destroy(
        root,
        plan_file,
        arguments.tables,
        _unprotecting(environment.value("region")),
        lock_options=environment.apply_options(),
        **environment.plan_options(),
    )
    for name in remove_origin_keys(target):
        detail(f"removed the origin key {name}, which `make origin-key` made")
    for line in describe(kept):
        detail(line)
    if environment.signing_algorithm == "HS256":
        for line in leave_api(target, environment.name):
            detail(line)
    backend = environment.backend()
    detail(f"stays in the account: Terraform's state, s3://{backend['bucket']}/{backend['key']}")


if __name__ == "__main__":
    run(main)
