"""`make cost ENV=<environment>`: estimate the monthly cost of the saved plan at three sizes of traffic.

It compares the plan with the deployed resources, or with the plan in the file that BASE names (`terraform show -json`).
Each price in scripts/review/cost/prices.yaml has its source and the date on which it was checked. The report names
the largest item and states its assumptions about a visit.

python -m scripts.review.cost <environment> [--plan-json FILE] [--base FILE]
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts import environments
from scripts.errors import run
from scripts.review.cost.model import read_stack, read_table
from scripts.review.cost.report import report
from scripts.review.saved_plan import add_plan_json, document


def main() -> None:
    """Print the report."""
    parser = environments.parser("cost", __doc__)
    add_plan_json(parser)
    parser.add_argument(
        "--base", type=Path, default=os.environ.get("BASE") or None, help="another plan's JSON (default: BASE)"
    )
    arguments = parser.parse_args()
    environment = environments.find(arguments.environment)
    plan = document(environment, arguments.plan_json)
    if arguments.base is None:
        name, before = "what is deployed", plan.get("prior_state", {}).get("values", {})
    else:
        name, before = arguments.base.name, _planned(document(environment, arguments.base))
    stacks = read_stack(_planned(plan)), read_stack(before)
    print(report(environment.name, stacks, name, read_table()))


def _planned(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    values: Mapping[str, Any] = plan.get("planned_values", {})
    return values


if __name__ == "__main__":
    run(main)
