"""The lines `accept: ...`; with each, a person accepts exactly one finding of a report."""

from collections.abc import Mapping
from pathlib import Path

from scripts.errors import UserError

_WORD = "accept: "


def accept(what: str) -> str:
    """Return the line that accepts a finding, as a report prints it."""
    return f"{_WORD}{what}"


def accepted_lines(argument: str | None, shell: Mapping[str, str]) -> frozenset[str] | None:
    """Return the lines of the file that the argument or else the shell's ACCEPTED names; None if neither names one.

    The file may hold other text too, such as a pull request's description. Raises UserError if it cannot be read.
    """
    name = argument or shell.get("ACCEPTED")
    if not name:
        return None
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UserError(f"ACCEPTED names {name}, which cannot be read: {error}.") from error
    return frozenset(line.strip() for line in lines if line.strip().startswith(_WORD))
