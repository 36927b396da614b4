"""How commands speak while they work: steps, and details below them, at once and on standard output."""

import sys


def step(text: str) -> None:
    """Say what begins now."""
    _say(f"==> {text}")


def detail(text: str) -> None:
    """Say something about the step under way."""
    _say(f"    {text}")


def _say(line: str) -> None:
    # Not `sys.stdout`: while Terraform runs, that is Terraform's log (see TerraformRoot).
    print(line, file=sys.__stdout__, flush=True)
