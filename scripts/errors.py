"""The two kinds of error that end a command, and the one function that turns them into exit codes."""

import sys
from collections.abc import Callable

from scripts.child_environment import prepare_this_process


class CommandError(Exception):
    """A command cannot continue; the text is the one sentence for the user."""

    exit_code = 1


class UserError(CommandError):
    """The user first has to change an argument, a file or an installed program; the sentence names the fix."""

    exit_code = 2


class OperationError(CommandError):
    """A failure that is not the user's mistake; the sentence says what failed, and where the log is."""


def run(command: Callable[[], None]) -> None:
    """Run a command line and exit: 0 for success, 1 for a failure, 2 for a user's mistake, 130 when interrupted.

    Any other exception is a defect of ours and keeps its traceback.
    """
    prepare_this_process()
    try:
        command()
    except CommandError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted; run the same command again to continue", file=sys.stderr)
        sys.exit(130)
