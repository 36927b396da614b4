"""`make plan ENV=<environment>`: build, plan to a file, and show the plan. `make apply` applies that file."""

import os
import sys
from datetime import UTC, datetime

import httpx

from scripts import deployed, environments, outside, saved_plan, tools
from scripts.build.superseded import keep_superseded
from scripts.console import detail, step
from scripts.deploy import api_outside
from scripts.errors import run
from scripts.local_stack import deployment, settings
from scripts.signing_secret import Parameter
from scripts.terraform_root import TerraformRoot, warnings
from scripts.tools import ROOT


def main() -> None:
    """Build first, so that the plan covers what would be deployed; then plan."""
    environment = environments.find(environments.parser("plan", __doc__).parse_args().environment)
    tools.require(tools.TERRAFORM)
    environment.require_plannable()
    if isinstance(environment, environments.CloudEnvironment):
        for sentence in environment.variables.without_effect():
            detail(f"WARNING: {sentence}")
        aws = deployed.find(environment)  # refuses another account's credentials
    saved_plan.discard(environment)
    step(f"Building for {environment.name}")
    environments.build_for(environment)
    step(f"Planning {environment.name}")
    root = environment.root()
    if root.was_cut_short and environment.name != environments.LOCAL:
        detail(
            f"WARNING: the last apply of {environment.name} from this folder did not finish. If it was killed, "
            f"`make recover ENV={environment.name}` finds the objects that Terraform's state lacks; run it first."
        )
    if isinstance(environment, environments.CloudEnvironment):
        with deployed.resumable():
            api_outside.require_fitting(environment, root, Parameter(aws.client("ssm"), aws.name))
    _keep_superseded(environment, root)
    planned = root.plan(environment.plan_file, **environment.plan_options())
    saved_plan.seal(environment)
    sys.stdout.write(planned.text)
    plan = root.read_plan(environment.plan_file)
    for warning in warnings(plan):
        detail(f"WARNING: {warning}")
    for change in outside.changes(plan, environment.name):
        detail(f"OUTSIDE our own names: {change.line}")
    step(
        f"`make apply ENV={environment.name}` applies exactly this ({os.path.relpath(environment.plan_file)})"
        if planned.has_changes
        else f"Nothing to apply: {environment.name} is as declared"
    )


def _keep_superseded(environment: environments.Environment, root: TerraformRoot) -> None:
    address = root.outputs().get("site_url")
    if address is None:
        return  # nothing is deployed
    here = isinstance(environment, environments.LocalEnvironment)
    site = deployment.site(settings.from_environment(os.environ)) if here else httpx.Client(base_url=address)
    with site:
        keep_superseded(site, ROOT / "build" / "site", datetime.now(UTC).date())


if __name__ == "__main__":
    run(main)
