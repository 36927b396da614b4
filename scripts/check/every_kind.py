"""`make test`: run every kind of test and check, two at a time, and print how long each took."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.check.checks import AT_ONCE
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.tools import ROOT

KINDS = ("test-system", "lint", "test-unit", "test-terraform", "test-cloud-root")
"""Verbs of the Makefile, the longest first."""


def main() -> None:
    """Run every kind, print the output of each when it ends, and the times last.

    Raises:
        OperationError: at least one kind failed; all have run.
    """
    step("Running every test and check, two kinds at a time; each prints when it ends")
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(_run, KINDS))
    step(f"Took {_minutes(time.monotonic() - begun)}")
    for kind, (code, seconds) in zip(KINDS, results, strict=True):
        detail(f"{_minutes(seconds):>8}  {kind}{'' if code == 0 else '  FAILED'}")
    if failed := [kind for kind, (code, _) in zip(KINDS, results, strict=True) if code]:
        raise OperationError(f"failed: {', '.join(failed)}; run one alone with `make {failed[0]}`")


def _run(kind: str) -> tuple[int, float]:
    begun = time.monotonic()
    result = subprocess.run(
        ["make", kind], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(result.stdout, end="", flush=True)
    return result.returncode, time.monotonic() - begun


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


if __name__ == "__main__":
    run(main)
