"""Finds the functions whose code a plan changes, and refuses a plan that changes anything else."""

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.errors import UserError

_CODE = frozenset({"filename", "source_code_hash"})
"""The arguments of aws_lambda_function that hold its code."""
_WITH_IT = frozenset({"aws_lambda_alias", "aws_s3_object"})
"""The other changes that are allowed: the aliases, which the canary moves, and the site, which the apply replaces."""


def functions(plan: Mapping[str, Any], environment: str) -> list[str]:
    """Return the names of the functions whose code changes.

    `plan`: the output of `terraform show -json` (https://developer.hashicorp.com/terraform/internals/json-format).

    Raises:
        UserError: the plan changes no code, or also something that affects all requests at once, such as a document.
    """
    changes = [change for change in plan.get("resource_changes", []) if _is_change(change)]
    apply = f"`make apply ENV={environment}` applies it to all, and `make rollback ENV={environment}` undoes it."
    if others := list(_others(changes)):
        raise UserError(f"this plan also changes {', '.join(others)}, which takes effect for all requests: {apply}")
    found = [change for change in changes if change["type"] == "aws_lambda_function"]
    if not found:
        raise UserError(f"this plan changes no function's code, so there is nothing to try: {apply}")
    return [str(change["change"]["before"]["function_name"]) for change in found]


def _is_change(change: Mapping[str, Any]) -> bool:
    return bool(change["mode"] == "managed" and change["change"]["actions"] != ["no-op"])


def _others(changes: list[Mapping[str, Any]]) -> Iterator[str]:
    for change in changes:
        if change["type"] == "aws_lambda_function" and change["change"]["actions"] == ["update"]:
            yield from (f"{name} of {change['address']}" for name in _settings(change["change"]))
        elif change["type"] not in _WITH_IT:
            yield change["address"]


def _settings(change: Mapping[str, Any]) -> list[str]:
    """Return the arguments that change besides the code, without those that AWS computes."""
    before, after, unknown = change["before"], change["after"], change.get("after_unknown", {})
    names = (before.keys() | after.keys()) - _CODE
    return sorted(name for name in names if before.get(name) != after.get(name) and unknown.get(name) is not True)
