"""`make keep-plan ENV=<environment>`: copy the saved plan and its build to build/kept-plan/, unless it holds a secret.

The job of a pull request keeps the folder as an artifact. Unpack it into build/ of a checkout of the same commit. There
`make apply` applies that plan, or refuses it with the reason: other files than the plan was made from, or a state that
has changed since. A plan file holds the variables and the state, so the command does not keep one with a secret.
"""

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from scripts import environments, saved_plan, tools
from scripts.console import detail
from scripts.errors import run
from scripts.tools import ROOT

KEPT = ROOT / "build" / "kept-plan"
_SECRETS = ("client_secret", "signing_secret")
"""Members of a tenant's objects that are secrets (record 0033)."""


def main() -> None:
    """Write the folder, or say which secret prevents that."""
    environment = environments.find_cloud(
        environments.parser("keep-plan", __doc__).parse_args().environment,
        for_local="the local system has no jobs, so its plan is not kept.",
    )
    tools.require(tools.TERRAFORM)
    shutil.rmtree(KEPT, ignore_errors=True)
    plan_file = saved_plan.require(environment)
    if found := sorted({*secrets_in(environment.planned_root().read_plan(plan_file))}):
        detail(f"not kept: the plan of {environment.name} holds {', '.join(found)}")
        return
    build = ROOT / "build"
    for path in saved_plan.files(environment):
        target = KEPT / path.relative_to(build)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    detail(f"kept with its build in {KEPT.relative_to(ROOT)}")


def secrets_in(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the secrets in a plan's file; `plan` is the output of `terraform show -json`."""
    declared = plan["configuration"]["root_module"].get("variables", {})
    for name, variable in plan.get("variables", {}).items():
        if declared[name].get("sensitive") and variable.get("value"):
            yield f"the variable {name}"
    # The file also holds the state from before the refresh; `resource_drift` has the differences.
    for row in [*plan.get("resource_changes", []), *plan.get("resource_drift", [])]:
        yield from (f"the {name} of {row['address']}" for name in _secret_members(row["change"].get("before")))


def _secret_members(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if name in _SECRETS and member:
                yield name
            else:
                yield from _secret_members(member)
    elif isinstance(value, list):
        for each in value:
            yield from _secret_members(each)


if __name__ == "__main__":
    run(main)
