"""The plan of a report: the saved one, or a file of `terraform show -json`."""

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts import tools
from scripts.environments import Environment
from scripts.errors import UserError


def add_plan_json(parser: argparse.ArgumentParser) -> None:
    """Add the option --plan-json, whose default is PLAN_JSON."""
    parser.add_argument(
        "--plan-json",
        type=Path,
        default=os.environ.get("PLAN_JSON") or None,
        help="the output of `terraform show -json`, instead of the saved plan (default: PLAN_JSON)",
    )


def document(environment: Environment, plan_json: Path | None) -> Mapping[str, Any]:
    """Return the plan as JSON; raises UserError if there is none, or the file cannot be read."""
    if plan_json is not None:
        try:
            found: Mapping[str, Any] = json.loads(plan_json.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{plan_json} cannot be read as JSON: {error}.") from error
        return found
    if not environment.plan_file.exists():
        raise UserError(f"there is no saved plan of {environment.name}; run `make plan ENV={environment.name}` first.")
    tools.require(tools.TERRAFORM)
    return environment.planned_root().read_plan(environment.plan_file)
