"""The result of a check, and its severity."""

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """The severity of a finding; the value is the word at the start of its line."""

    OK = "ok"
    NOTE = "note"
    """The check could not tell, or was not asked to; a person may look."""
    WARNING = "WARNING"
    """The next apply works, but something is wrong."""
    PROBLEM = "PROBLEM"
    """The next plan or apply would fail, or would harm existing objects."""

    @property
    def exit_code(self) -> int:
        """The exit code of a run with this gravest finding."""
        return {"PROBLEM": 1, "WARNING": 3}.get(self.value, 0)


@dataclass(frozen=True)
class Finding:
    """A check's result in a few words, and the fix for the person at the terminal (None: nothing to do)."""

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
    """Return a finding that stops the next plan or apply, or makes it do harm."""
    return Finding(Severity.PROBLEM, text, fix)


class CannotAskError(Exception):
    """AWS does not answer a check; `str` says why, `fix` says what the person at the terminal can do."""

    def __init__(self, text: str, fix: str, *, forbidden: bool = False) -> None:
        super().__init__(text)
        self.fix = fix
        self.forbidden = forbidden


def quoted(names: list[str]) -> str:
    """Return names for a sentence, each in quotation marks."""
    return ", ".join(f'"{name}"' for name in names)
