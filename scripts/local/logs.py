"""`make logs`: the last lines of every log of the local system. `make logs FOLLOW=1` goes on as they are written."""

import os
import shutil

from scripts.child_environment import for_program
from scripts.errors import UserError, run
from scripts.local_stack import settings

LINES = 40


def main() -> None:
    """Hand over to `tail`."""
    chosen = settings.from_environment(os.environ)
    logs = sorted(map(str, chosen.logs.glob("*.log")))
    if not logs:
        raise UserError(f"there are no logs in {os.path.relpath(chosen.logs)}; `make up` starts the local system.")
    tail = shutil.which("tail")
    if tail is None:
        raise UserError("`tail` is not on PATH; read the logs in " + os.path.relpath(chosen.logs))
    follow = ["-F"] if os.environ.get("FOLLOW") else []
    os.execve(tail, [tail, "-n", str(LINES), *follow, *logs], for_program())  # noqa: S606 -- no shell is wanted


if __name__ == "__main__":
    run(main)
