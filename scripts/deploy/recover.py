"""`make recover ENV=<environment>`: repair the state after an apply that was cut short.

It finds the objects that the apply created but Terraform's state does not know, shows them, and asks. Then it releases
the lock and takes the objects into the state. It takes only our own objects, by name and tags, and stops at an object
of others that has one of our names. If it is cut short itself, run it again.
"""

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator, Mapping

import boto3

from scripts import confirmation, deployed, environments, saved_plan, tools
from scripts.console import detail, step
from scripts.environments import CloudEnvironment
from scripts.errors import OperationError, UserError, run
from scripts.management_api import ManagementApi, tenant_url
from scripts.recovery.account import Account
from scripts.recovery.recovery import Recoverer, Recovery, pending, resource_type
from scripts.state_lock import Lock, lock_of
from scripts.terraform_root import TerraformRoot

_VERBS = {"create": "make", "update": "change", "delete": "delete", "create and delete": "replace"}
_FORMER_LOOK = "module.tenant_look[0].terraform_data.before"
_UNWRITTEN = "errored.tfstate"  # where Terraform leaves a state that the backend did not take


def main() -> None:
    """Find, show, ask, and take the objects into the state."""
    parser = environments.parser("recover", __doc__)
    confirmation.add_argument(parser)
    arguments = parser.parse_args()
    environment = environments.find_cloud(
        arguments.environment, for_local="`make up` repairs an interrupted apply of the local system by itself."
    )
    tools.require(tools.TERRAFORM)
    deployed.find(environment)  # refuses another account's credentials
    environment.require_plannable()
    step(f"Building for {environment.name}")
    environments.build_for(environment)
    step(f"Looking for objects of {environment.name} that are missing in Terraform's state")
    lock = lock_of(environment.backend())
    with ManagementApi(tenant_url(os.environ), os.environ) as api:
        root = _with_former_look(environment, environment.root())
        require_written_state(environment, root)
        for line in _situation(lock, root):
            detail(line)
        recoverer = Recoverer(
            root,
            Account(boto3.Session(region_name=environment.value("region"))),
            api,
            root.data_directory / "recovery",
            **environment.plan_options(),
        )
        recovery = recoverer.find()
        _recover(environment, root, recoverer, recovery, lock, arguments.confirm)
    step("Planning, to see the remaining changes")
    saved_plan.discard(environment)
    plan_file = environment.plan_file.with_suffix(".recovery.tfplan")
    rest = root.plan(plan_file, **environment.plan_options())
    for line in describe_actions(pending(root.read_plan(plan_file))):
        detail(f"the next apply would {line}")
    plan_file.unlink()
    again = f"`make plan ENV={environment.name}` shows it, and `make apply ENV={environment.name}` finishes the apply"
    step(again if rest.has_changes else f"Nothing remains to be done: {environment.name} is as declared")


def _recover(
    environment: CloudEnvironment,
    root: TerraformRoot,
    recoverer: Recoverer,
    recovery: Recovery,
    lock: Lock | None,
    confirmed: str,
) -> None:
    """Show what the recovery would do, ask, and do it."""
    for line in describe(recovery):
        detail(line)
    tasks = ["release the lock, if nobody is working"] if lock else []
    tasks += ["take these objects into the state"] if recovery.targets else []
    if not tasks:
        detail(f"the state of {environment.name} is not locked, and it has all objects")
        return
    confirmation.require_name(environment.name, confirmed, to=" and ".join(tasks))
    if lock:
        step("Releasing the lock")
        root.unlock(lock.identifier)
    if recovery.targets:
        step("Taking the objects into the state")
        recoverer.take(recovery)


def describe(recovery: Recovery) -> Iterator[str]:
    """Yield lines for people that say what a recovery would do."""
    kinds = Counter(resource_type(one.address) for one in recovery.found)
    for kind, number in sorted(kinds.items()):
        yield f"{number:>4} {kind} would be taken into the state"
    if recovery.rows:
        yield f"{len(recovery.rows):>4} sample rows would be removed and written again, for Terraform imports no row"
    for line in describe_actions(recovery.actions):
        yield f"Terraform would {line}"
    yield from recovery.spare


def describe_actions(actions: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a line for each action and kind of object: "change 3 aws_lambda_function"."""
    found = Counter((" and ".join(sorted(action)), resource_type(address)) for address, action in actions.items())
    for (action, kind), number in sorted(found.items()):
        if action in _VERBS:
            yield f"{_VERBS[action]} {number} {kind}"


def _situation(lock: Lock | None, root: TerraformRoot) -> Iterator[str]:
    if root.was_cut_short:
        yield "the last apply from this folder was cut short"
    if lock:
        yield f"{lock.who} has locked the state since {lock.created}, to {lock.operation}"
    yield f"Terraform's state knows {len(root.addresses())} objects"


def require_written_state(environment: CloudEnvironment, root: TerraformRoot) -> None:
    """Raise UserError if Terraform left a state file that is newer than the backend's state."""
    unwritten = root.directory / _UNWRITTEN
    if unwritten.exists():
        raise UserError(
            f"Terraform could not write its state to the backend and left it in {unwritten}. Write it first: "
            f"`TF_DATA_DIR={root.data_directory} terraform -chdir={root.directory} state push {_UNWRITTEN}` "
            f"(after `make unlock ENV={environment.name}` if it is locked), then delete the file and run this again."
        )


def _with_former_look(environment: CloudEnvironment, root: TerraformRoot) -> TerraformRoot:
    """Return the root with the tenant's look from before the apply, if the plan of that apply still exists.

    The apply may have replaced the look already; then a destroy would restore ours, not the former one.
    """
    if not environment.flag("manage_tenant_look") or _FORMER_LOOK in root.addresses():
        return root
    try:
        variables = root.read_plan(environment.plan_file)["variables"]
    except OperationError:
        detail("WARNING: the plan of that apply is not here, so a later destroy restores the tenant's present look")
        return root
    former = {"TF_VAR_tenant_look_before": variables["tenant_look_before"]["value"]}
    return dataclasses.replace(root, environment={**root.environment, **former})


if __name__ == "__main__":
    run(main)
