"""`make apply ENV=<environment>`: apply the plan that `make plan` saved, and nothing else."""

import argparse

from scripts import deployed, environments, tools
from scripts.console import detail, step
from scripts.deploy import saved_plan
from scripts.deploy.revocations import require_present_list
from scripts.errors import run


def main() -> None:
    """Apply the saved plan, if the build and the list of revocations that it was made from still stand."""
    parser = argparse.ArgumentParser(prog="apply", description=__doc__)
    parser.add_argument("environment", nargs="?", help=f"one of: {', '.join(environments.names())}")
    environment = environments.find(parser.parse_args().environment)
    tools.require(tools.TERRAFORM)
    plan_file = saved_plan.require(environment)
    root = environment.root()
    require_present_list(root.read_plan(plan_file), deployed.find(environment))
    step(f"Applying the saved plan of {environment.name}")
    root.apply(plan_file, progress=detail)
    saved_plan.discard(environment)
    for name, value in root.outputs().items():
        if isinstance(value, str):
            detail(f"{name} = {value}")


if __name__ == "__main__":
    run(main)
