"""`make test`: run the tests and checks, two kinds at a time, and print how long each took.

`make test-long` and `make test-cloud-root` are not among them: they take minutes and half an hour. CI runs them too.

The output of a kind goes to build/tests/<kind>.txt while it runs, and to the terminal when it ends.
"""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from scripts.check.checks import AT_ONCE
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.tools import ROOT

KINDS = ("test-unit", "test-system", "lint", "test-terraform")
"""Verbs of the Makefile, the longest first."""
_LOGS = ROOT / "build" / "tests"


def main() -> None:
    """Run every kind, print the output of each when it ends, and the times last.

    Raises:
        OperationError: at least one kind failed; all have run.
    """
    _LOGS.mkdir(parents=True, exist_ok=True)
    step(f"Running the tests and checks, two kinds at a time; each prints when it ends (until then: {_LOGS}/)")
    begun = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(_run, KINDS))
    step(f"Took {_minutes(time.monotonic() - begun)}")
    for kind, (code, seconds) in zip(KINDS, results, strict=True):
        detail(f"{_minutes(seconds):>8}  {kind}{'' if code == 0 else '  FAILED'}")
    detail("not run: make test-long, which kills, redeploys and rolls back what runs, in about three minutes;")
    detail("         make test-cloud-root, which applies terraform/cloud to the emulators in half an hour")
    if failed := [kind for kind, (code, _) in zip(KINDS, results, strict=True) if code]:
        raise OperationError(f"failed: {', '.join(failed)}; run one alone with `make {failed[0]}`")


def _run(kind: str) -> tuple[int, float]:
    begun = time.monotonic()
    log = _LOGS / f"{kind}.txt"
    with log.open("w", encoding="utf-8") as file:
        code = subprocess.run(
            ["make", kind], cwd=ROOT, env=_shell(), stdout=file, stderr=subprocess.STDOUT, check=False
        ).returncode
    print(log.read_text(encoding="utf-8"), end="", flush=True)
    return code, time.monotonic() - begun


def _shell() -> dict[str, str]:
    """Return the environment of a person who types `make <kind>`: the shell's, without what the calling make set."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


if __name__ == "__main__":
    run(main)
