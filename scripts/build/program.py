"""Runs a program that the build needs, without a terminal."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Return a program's exit code and output; it has no input.

    Args:
        command: the program's path and its arguments.
        environment: all its environment variables.
        folder: its working folder; by default this process's.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
