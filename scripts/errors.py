"""The two ways a command line ends badly, and the one place that turns them into exit codes."""

import sys
from collections.abc import Callable

from scripts.child_environment import prepare_this_process


class CommandError(Exception):
    """A command cannot go on; the text is the one sentence that the person at the terminal reads."""

    exit_code = 1


class UserError(CommandError):
    """What was typed, written in a file or installed has to change first; the sentence names the fix."""

    exit_code = 2


class OperationError(CommandError):
    """Something failed that the user did not get wrong; the sentence says what and where the log is."""


def run(command: Callable[[], None]) -> None:
    """Run a command line and exit: 0, 1 for a failure, 2 for a user's mistake, 130 when interrupted.

    Any other exception is a defect of ours and keeps its traceback.
    """
    prepare_this_process()
    try:
        command()
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        sys.exit(130)
