"""Prints the progress of a command: steps, and details below them, unbuffered, on standard output.

It also formats tables and times of day.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

_to_standard_error = False


def step(text: str) -> None:
    """Print the step that begins now."""
    _say(f"==> {text}")


def detail(text: str) -> None:
    """Print a detail of the current step."""
    _say(f"    {text}")


@contextlib.contextmanager
def progress_on_standard_error() -> Iterator[None]:
    """Print the progress on standard error within the block, if standard output is for a report."""
    global _to_standard_error
    _to_standard_error = True
    try:
        yield
    finally:
        _to_standard_error = False


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its longest text; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def clock(moment: datetime) -> str:
    """Return a moment by the local clock, to the second: `29 Nov 21:06:05`."""
    return moment.astimezone().strftime("%d %b %H:%M:%S")


def _say(line: str) -> None:
    # Not `sys.stdout`: while Terraform runs, it points at Terraform's log (see TerraformRoot).
    print(line, file=sys.__stderr__ if _to_standard_error else sys.__stdout__, flush=True)
