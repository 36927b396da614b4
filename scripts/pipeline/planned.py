"""The changes of a saved plan, as `make plan-report CHANGES=build/pipeline/<environment>.json` wrote them."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from scripts import command_line
from scripts.errors import UserError
from scripts.pipeline.job import REPORTS


@dataclass(frozen=True)
class PlannedChange:
    """The plan's action on one resource: `update`, `delete` ..."""

    fingerprint: str
    address: str
    action: str

    @property
    def line(self) -> str:
        """The change in one line, after its fingerprint."""
        return f"{self.fingerprint} {self.action} {self.address}"


@dataclass(frozen=True)
class Planned:
    """A plan: the fingerprint of the whole, and its changes without mere consequences such as new versions."""

    fingerprint: str
    changes: tuple[PlannedChange, ...]


def planned(environment: str, reports: Path = REPORTS) -> Planned:
    """Return the changes of an environment's plan; raises UserError if their file is missing or invalid."""
    path = reports / f"{environment}.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Planned(document["fingerprint"], tuple(PlannedChange(**each) for each in document["changes"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"build/pipeline/{path.name} lacks the changes of a plan; run `make plan-report ENV={environment} "
            f"CHANGES=build/pipeline/{path.name}` first."
        ) from error


def environment_of(verb: str, description: str | None) -> str:
    """Return the environment that the command line names; raises UserError if it names none."""
    found: str | None = parser(verb, description).parse_args().environment
    return required(found)


def parser(verb: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of a verb about a plan. It avoids scripts.environments, whose reading of Terraform is slow."""
    made = command_line.parser(verb, description)
    made.add_argument("environment", nargs="?", help="the environment whose plan was reported")
    return made


def required(environment: str | None) -> str:
    """Return the name; raises UserError if it is missing."""
    if not environment:
        raise UserError("say which environment: ENV=<name>.")
    return environment
