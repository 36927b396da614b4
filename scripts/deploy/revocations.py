"""Refuses a saved plan that has an older revocation list: applying it would undo later revocations."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.deployed import NEWEST, Deployed, NotDeployedError
from scripts.errors import UserError
from scripts.revocation_list import SETTING, read


def require_present_list(plan: Mapping[str, Any], target: Deployed) -> None:
    """Compare the revocation list in the plan's prior state with the authorizer's own.

    `plan`: the output of `terraform show -json` (https://developer.hashicorp.com/terraform/internals/json-format).

    Raises:
        UserError: an entry was added or taken back since the plan was made.
    """
    functions = [
        resource["values"]
        for resource in _resources(plan.get("prior_state", {}).get("values", {}).get("root_module", {}))
        if resource["type"] == "aws_lambda_function" and resource["values"]["function_name"] == target.authorizer
    ]
    if not functions:
        return  # the plan creates the function, which has no list yet
    environment = functions[0]["environment"]
    planned, _ = read(environment[0]["variables"].get(SETTING) if environment else None, time.time())
    try:
        standing = target.revoked(NEWEST)
    except NotDeployedError:
        return  # deleted since; Terraform reports that, or creates it again
    if planned != standing:
        raise UserError(
            "the revocation list has changed since this plan was made, and the plan would undo that; "
            "run `make plan` again, read it, then apply."
        )


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)
