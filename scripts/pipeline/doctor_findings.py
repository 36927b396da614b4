"""Reads the findings of `make doctor JSON=1 > build/pipeline/<environment>-doctor.json`."""

import json
from dataclasses import dataclass
from pathlib import Path

from scripts.pipeline.job import REPORTS

_GRAVE = frozenset({"warning", "problem"})


@dataclass(frozen=True)
class DoctorFinding:
    """A finding that somebody has to fix: the check's name, `warning` or `problem`, the finding, and its fix."""

    check: str
    severity: str
    text: str
    fix: str

    @property
    def line(self) -> str:
        """The finding as an item of a list in Markdown."""
        return f"- **{self.severity}** {self.check}: {self.text}. To fix it: {self.fix}."


def doctor_findings(environment: str, reports: Path = REPORTS) -> tuple[DoctorFinding, ...] | None:
    """Return the warnings and problems of an environment, without the notes; None if doctor left no document."""
    try:
        document = json.loads((reports / f"{environment}-doctor.json").read_text(encoding="utf-8"))
        found = [DoctorFinding(**row) for row in document["findings"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tuple(each for each in found if each.severity in _GRAVE)
