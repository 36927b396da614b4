"""The result of a check, and how grave it is."""

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How grave a finding is, from nothing to do to harm; the value is the word in front of its line."""

    OK = "ok"
    NOTE = "note"
    """Nobody can tell from here, or it was not asked; a person may look."""
    WARNING = "WARNING"
    """The next apply goes through, and something is not as it should be."""
    PROBLEM = "PROBLEM"
    """The next plan or apply would fail, or would harm what is there."""

    @property
    def exit_code(self) -> int:
        """The exit code of a run whose gravest finding this is."""
        return {"PROBLEM": 1, "WARNING": 3}.get(self.value, 0)


@dataclass(frozen=True)
class Finding:
    """A check's result in a few words, and the fix for the person at the terminal (None: there is nothing to do)."""

    severity: Severity
    text: str
    fix: str | None = None


def ok(text: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(Severity.OK, text)


def note(text: str, fix: str | None = None) -> Finding:
    """Return a finding that a person may look at."""
    return Finding(Severity.NOTE, text, fix)


def warning(text: str, fix: str) -> Finding:
    """Return a finding that does not stop the next apply."""
    return Finding(Severity.WARNING, text, fix)


def problem(text: str, fix: str) -> Finding:
    """Return a finding that stops the next plan or apply, or by which it does harm."""
    return Finding(Severity.PROBLEM, text, fix)


class CannotAskError(Exception):
    """AWS does not answer a check; `str` says why, `fix` what the person at the terminal does about it."""

    def __init__(self, text: str, fix: str, *, forbidden: bool = False) -> None:
        super().__init__(text)
        self.fix = fix
        self.forbidden = forbidden


def quoted(names: list[str]) -> str:
    """Return names for a sentence, each in quotes."""
    return ", ".join(f'"{name}"' for name in names)
