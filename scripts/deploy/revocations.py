"""Whether a saved plan has the present revocation list: an older plan would write the older list."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from scripts.deployed import NEWEST, Deployed, NotDeployedError
from scripts.errors import UserError
from scripts.revocation_list import SETTING, read


def require_present_list(plan: Mapping[str, Any], target: Deployed) -> None:
    """Compare the list in the state that a plan was made from with the authorizer's own.

    `plan` is what `terraform show -json` says of it (https://developer.hashicorp.com/terraform/internals/json-format).

    Raises:
        UserError: something was revoked, or taken back, since the plan was made.
    """
    functions = [
        resource["values"]
        for resource in _resources(plan.get("prior_state", {}).get("values", {}).get("root_module", {}))
        if resource["type"] == "aws_lambda_function" and resource["values"]["function_name"] == target.authorizer
    ]
    if not functions:
        return  # the plan makes the function, which has no list yet
    environment = functions[0]["environment"]
    planned, _ = read(environment[0]["variables"].get(SETTING) if environment else None, time.time())
    try:
        standing = target.revoked(NEWEST)
    except NotDeployedError:
        return  # gone since: Terraform will say so, or make it anew
    if planned != standing:
        raise UserError(
            "the revocation list has changed since this plan was made, and the plan would undo that; "
            "run `make plan` again, read it, then apply."
        )


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)
