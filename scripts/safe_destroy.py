"""Destroys the objects of a Terraform root, all or nothing, and keeps those that others depend on.

Connections stay in the tenant, because Auth0 deletes a connection together with all its users. Nothing is deleted while
an object with deletion protection would stop Terraform halfway.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.console import detail
from scripts.errors import CommandError, OperationError, UserError
from scripts.terraform_root import TerraformRoot

KEEP, DELETE = "keep", "delete"
CONNECTION, TABLE, ROW = "auth0_connection", "aws_dynamodb_table", "aws_dynamodb_table_item"
_PROTECTIONS = ("deletion_protection_enabled", "deletion_protection", "enable_deletion_protection")


@dataclass(frozen=True)
class Managed:
    """An object that Terraform manages; `name` and `identifier` are its own at AWS or Auth0."""

    address: str
    kind: str
    name: str
    identifier: str
    is_protected: bool


def managed(state: Mapping[str, Any]) -> list[Managed]:
    """Return the objects in a state, given as `terraform show -json` writes it."""
    resources = _resources(state.get("values", {}).get("root_module", {}))
    return [_object(one, one["values"]) for one in resources if one["mode"] == "managed"]


def deletions(plan: Mapping[str, Any]) -> list[Managed]:
    """Return the objects that a plan deletes, as they are now; `plan` is the output of `terraform show -json`."""
    changes = [one for one in plan.get("resource_changes", []) if "delete" in one["change"]["actions"]]
    return [_object(one, one["change"]["before"]) for one in changes]


def destroy(
    root: TerraformRoot,
    plan_file: Path,
    tables: str,
    unprotect: Callable[[str], None],
    *,
    lock_options: Mapping[str, object],
    **options: object,
) -> list[Managed]:
    """Destroy all objects except the connections and, with KEEP, the tables; return the objects that stay.

    `unprotect` removes the deletion protection of a table, given by name; only DELETE calls it. `lock_options` says how
    long each command waits for the state's lock; `options` are the other ones of `plan`.

    Raises:
        UserError: a protected object would stop it halfway. The state is unchanged, and nothing is deleted.
        OperationError: Terraform failed. Run it again to continue.
    """
    found = managed(root.objects())
    kept_kinds = {CONNECTION, TABLE, ROW} if tables == KEEP else {CONNECTION}
    kept = [one for one in found if one.kind in kept_kinds]
    state = root.pull_state()
    try:
        try:
            if kept:
                root.forget(*(one.address for one in kept), **lock_options)
            root.plan_destroy(plan_file, **{**options, **lock_options})
            protected = [one for one in deletions(root.read_plan(plan_file)) if one.is_protected]
            _require_no_obstacle(protected, tables)
        except (CommandError, KeyboardInterrupt):
            _restore(root, state, kept, lock_options)
            raise
        for one in protected:
            unprotect(one.name)
        root.apply(plan_file, progress=detail, **lock_options)
    finally:
        plan_file.unlink(missing_ok=True)  # it holds the state's secrets
    return kept


def _restore(root: TerraformRoot, state: str, kept: list[Managed], lock_options: Mapping[str, object]) -> None:
    """Put the kept objects back into the state, if they are missing there."""
    missing = {one.address for one in kept} - {one.address for one in managed(root.objects())}
    if not missing:
        return
    try:
        root.restore_state(state, **lock_options)
    except OperationError as error:
        names = ", ".join(f"{one.address} ({one.identifier})" for one in kept)
        raise OperationError(
            f"nothing was destroyed, but somebody has changed the state meanwhile, and it lacks {names}: "
            f"take them over with `existing_connection_ids` or `terraform import` before the next apply. {error}"
        ) from error


def _require_no_obstacle(protected: list[Managed], tables: str) -> None:
    obstacles = [one for one in protected if tables != DELETE or one.kind != TABLE]
    if obstacles:
        names = ", ".join(f"{one.address} ({one.name})" for one in obstacles)
        fix = (
            f"say TABLES={KEEP} or TABLES={DELETE}"
            if all(one.kind == TABLE for one in obstacles)
            else "take the protection off first, in AWS"
        )
        raise UserError(f"nothing was destroyed: {names} has deletion protection; {fix}.")


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _object(resource: Mapping[str, Any], values: Mapping[str, Any]) -> Managed:
    return Managed(
        address=resource["address"],
        kind=resource["type"],
        name=str(values.get("name") or values.get("id")),
        identifier=str(values.get("id")),
        is_protected=any(values.get(name) is True for name in _PROTECTIONS),
    )
