"""Starts a local service: a user's mistake ends it with one sentence and exit code 2."""

import sys
from collections.abc import Callable


class StartError(Exception):
    """The service cannot start; the text is one sentence that names the fix."""


def run(main: Callable[[], None]) -> None:
    """Run `main`; a StartError becomes one sentence on standard error and exit code 2, Ctrl-C exit code 130."""
    try:
        main()
    except StartError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
