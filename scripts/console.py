"""Prints the progress of a command: steps, and details below them, unbuffered and on standard output."""

import contextlib
import sys
from collections.abc import Iterator

_to_standard_error = False


def step(text: str) -> None:
    """Print the step that begins now."""
    _say(f"==> {text}")


def detail(text: str) -> None:
    """Print a detail of the current step."""
    _say(f"    {text}")


@contextlib.contextmanager
def progress_on_standard_error() -> Iterator[None]:
    """Print the progress on standard error within the block, for a command whose standard output is a report."""
    global _to_standard_error
    _to_standard_error = True
    try:
        yield
    finally:
        _to_standard_error = False


def _say(line: str) -> None:
    # Not `sys.stdout`: while Terraform runs, it points at Terraform's log (see TerraformRoot).
    print(line, file=sys.__stderr__ if _to_standard_error else sys.__stdout__, flush=True)
