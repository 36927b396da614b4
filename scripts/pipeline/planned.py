"""The changes of a saved plan, as `make plan-report CHANGES=build/pipeline/<environment>.json` wrote them."""

import json
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import UserError
from scripts.pipeline.job import REPORTS


@dataclass(frozen=True)
class PlannedChange:
    """What the plan does to one resource: `update`, `delete` ..."""

    fingerprint: str
    address: str
    action: str

    @property
    def line(self) -> str:
        """The change on one line; the fingerprint comes first."""
        return f"{self.fingerprint} {self.action} {self.address}"


@dataclass(frozen=True)
class Planned:
    """A plan: the fingerprint of the whole, and its changes without those that pass by themselves."""

    fingerprint: str
    changes: tuple[PlannedChange, ...]


def planned(environment: str, reports: Path = REPORTS) -> Planned:
    """Return the changes of an environment's plan; raises UserError if their file is missing or not one."""
    path = reports / f"{environment}.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Planned(document["fingerprint"], tuple(PlannedChange(**each) for each in document["changes"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"build/pipeline/{path.name} does not hold the changes of a plan; run `make plan-report ENV={environment} "
            f"CHANGES=build/pipeline/{path.name}` first."
        ) from error
