"""Reads docs/threat-model.md and docs/faults.md: each promise, and the tests that show that it holds."""

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.tools import ROOT

THREATS = ROOT / "docs" / "threat-model.md"
FAULTS = ROOT / "docs" / "faults.md"
_ROW = re.compile(r"^\| (?P<subject>[^|]+) \| (?P<promise>[^|]+) \| (?P<tests>`[^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Proof:
    """A test: its file, and the name of the function of pytest or of Terraform's `run` block."""

    file: Path
    name: str

    @property
    def exists(self) -> bool:
        """Whether the file has a test of this name."""
        path = ROOT / self.file
        declared = f'run "{self.name}" ' if path.suffix == ".hcl" else f"def {self.name}("
        return path.exists() and declared in path.read_text(encoding="utf-8")

    def __str__(self) -> str:
        return f"{self.file}::{self.name}"


@dataclass(frozen=True)
class Claim:
    """A row of the table: a threat or a fault, the control or promise, and the tests."""

    subject: str
    promise: str
    proofs: tuple[Proof, ...]


def claims(document: Path) -> list[Claim]:
    """Return the rows of a document's table."""
    return [
        Claim(row["subject"], row["promise"], tuple(map(_proof, re.findall(r"`([^`]+)`", row["tests"]))))
        for row in _ROW.finditer(document.read_text(encoding="utf-8"))
    ]


def _proof(text: str) -> Proof:
    file, _, name = text.partition("::")
    return Proof(Path(file), name)
