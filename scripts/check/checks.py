"""Runs independent checks two at a time, reports each result, and prints the output of those that fail."""

import subprocess
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.child_environment import for_program
from scripts.console import detail
from scripts.errors import OperationError
from scripts.tools import ROOT

AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    """Commands that run one after the other in one folder; the first failure ends the check."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    directory: Path = ROOT
    environment: Mapping[str, str] | None = None
    refused: str | None = None
    """A text that the output must not have, even if the commands succeed."""


def run_all(checks: Iterable[Check]) -> None:
    """Run all checks and print a line for each.

    Raises:
        OperationError: at least one failed; all have run.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        failed = [name for name in pool.map(_run, checks) if name]
    if failed:
        raise OperationError(f"failed: {', '.join(failed)}")


def _run(check: Check) -> str | None:
    """Run a check; return its name if it failed."""
    begun = time.monotonic()
    environment = {**for_program(), **(check.environment or {})}
    for command in check.commands:
        result = subprocess.run(
            command, cwd=check.directory, env=environment, capture_output=True, text=True, check=False
        )
        if result.returncode or (check.refused and check.refused in result.stdout):
            print(f"--- {check.name}: {' '.join(command)}\n{result.stdout}{result.stderr}", flush=True)
            detail(f"FAILED {check.name}")
            return check.name
    detail(f"passed {check.name} ({time.monotonic() - begun:.0f} s)")
    return None
