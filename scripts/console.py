"""Prints the progress of a command: steps, and details below them, unbuffered and on standard output."""

import sys


def step(text: str) -> None:
    """Print the step that begins now."""
    _say(f"==> {text}")


def detail(text: str) -> None:
    """Print a detail of the current step."""
    _say(f"    {text}")


def _say(line: str) -> None:
    # Not `sys.stdout`: while Terraform runs, it points at Terraform's log (see TerraformRoot).
    print(line, file=sys.__stdout__, flush=True)
