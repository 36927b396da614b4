"""`make apply ENV=<environment>`: apply the plan that `make plan` saved, and nothing else."""

import os
from collections.abc import Mapping
from typing import Any

from scripts import deployed, environments, outside, releases, republish, saved_plan, tools
from scripts.build import subject_hash_key
from scripts.console import detail, step
from scripts.deploy.revocations import require_present_list
from scripts.deployed import Deployed
from scripts.environments import Environment
from scripts.errors import OperationError, UserError, run
from scripts.terraform_root import ApplyError, TerraformRoot
from scripts.tools import ROOT

_BUILD = ROOT / "build"


def main() -> None:
    """Apply the saved plan, if the build and the revocation list have not changed since."""
    parser = environments.parser("apply", __doc__)
    parser.add_argument(
        "--outside",
        action="store_true",
        default=bool(os.environ.get("OUTSIDE")),
        help="accept changes to things outside our own names, which `make plan` lists (default: OUTSIDE is set)",
    )
    arguments = parser.parse_args()
    environment = environments.find(arguments.environment)
    tools.require(tools.TERRAFORM)
    plan_file = saved_plan.require(environment)
    target = deployed.find(environment)  # refuses another account's credentials
    root = environment.root()
    plan = root.read_plan(plan_file)
    try:
        _require_own_code(plan, target)
        require_present_list(plan, target)
    except UserError:
        _discard_stale(environment, root)
        raise
    outside_changes = outside.changes(plan, environment.name)
    for change in outside_changes:
        detail(f"OUTSIDE our own names: {change.line}")
    outside.require_consent(outside_changes, environment.name, given=arguments.outside)
    step(f"Applying the saved plan of {environment.name}")
    _keep_pseudonyms(target)
    try:
        root.apply(plan_file, progress=detail, **environment.apply_options())
    except ApplyError as error:
        if error.is_stale:
            _discard_stale(environment, root)
            raise
        raise OperationError(f"{error}. {what_is_left(error.done, plan, environment.name)}") from error
    saved_plan.discard(environment)
    subject_hash_key.discard(_BUILD)
    releases.record_apply(target)
    for name, value in root.outputs().items():
        if isinstance(value, str):
            detail(f"{name} = {value}")


def what_is_left(done: int, plan: Mapping[str, Any], environment: str) -> str:
    """Return one sentence: how much a failed apply has done, and what to run next.

    `done`: how many changes of the plan Terraform finished.
    """
    changes = sum(change["change"]["actions"] not in (["no-op"], ["read"]) for change in plan["resource_changes"])
    left = f"{done} of {changes} changes were made" if done else "No change was finished"
    return (
        f"{left}, and Terraform's state knows them: fix the cause, then `make plan ENV={environment}` and "
        f"`make apply ENV={environment}` make the rest; `make rollback ENV={environment}` goes back to the release "
        "before until then."
    )


def _discard_stale(environment: Environment, root: TerraformRoot) -> None:
    """Remove a plan that cannot be applied any more, because it holds the state's secrets.

    The plan of an apply that was cut short stays, because `make recover` reads it.
    """
    if not root.was_cut_short:
        saved_plan.discard(environment)


def _require_own_code(plan: Mapping[str, Any], target: Deployed) -> None:
    """Restore the newest code of each function in which an interrupted canary, rollback or revocation left other code.

    Terraform does not compare the code itself, so an apply would put that other code into service.

    Raises:
        UserError: something was restored, so the plan is out of date.
    """
    if left := list(republish.replaced(plan)):
        for function in left:
            republish.restore_newest(target, function)
        raise UserError(
            f"an interrupted command had left other code in {', '.join(left)}; it is put back now. "
            "Run `make plan` again, read it, then apply."
        )


def _keep_pseudonyms(target: Deployed) -> None:
    """Give the layer that this apply may create the pseudonym key that the authorizer already has."""
    try:
        subject_hash_key.replace(_BUILD, target.subject_hash_key())
    except OperationError:  # the first apply
        subject_hash_key.provide(_BUILD)


if __name__ == "__main__":
    run(main)
