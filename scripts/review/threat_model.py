"""Reads docs/threat-model.md: the threats with their controls, and the tests that show each."""

import re
from dataclasses import dataclass
from pathlib import Path

from scripts.tools import ROOT

DOCUMENT = ROOT / "docs" / "threat-model.md"
_ROW = re.compile(r"^\| (?P<threat>[^|]+) \| (?P<control>[^|]+) \| (?P<tests>`[^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Proof:
    """A test: its file, and its name in it, of pytest or of Terraform's `run`."""

    file: Path
    name: str

    @property
    def exists(self) -> bool:
        """Whether the file has a test of this name."""
        path = ROOT / self.file
        declared = f'run "{self.name}" ' if path.suffix == ".hcl" else f"def {self.name}("
        return path.exists() and declared in path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Threat:
    """A row of the table."""

    threat: str
    control: str
    tests: tuple[Proof, ...]


def threats() -> list[Threat]:
    """Return the rows of the table."""
    return [
        Threat(row["threat"], row["control"], tuple(map(_test, re.findall(r"`([^`]+)`", row["tests"]))))
        for row in _ROW.finditer(DOCUMENT.read_text(encoding="utf-8"))
    ]


def _test(text: str) -> Proof:
    file, _, name = text.partition("::")
    return Proof(Path(file), name)
