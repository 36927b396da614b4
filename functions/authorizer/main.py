"""The entry point: the one module that reads the environment, a file and the clocks, once, when the function starts."""

import os
import sys
import time

from authorizer.deferred import NOT_NEEDED_TO_VERIFY, deferred

with deferred(*NOT_NEEDED_TO_VERIFY):
    from authorizer.configuration import ConfigurationError, build_handler


# What standard output is when the function starts: Lambda's client, or another in its place, has arranged it by then.
_LOG = sys.stdout.fileno()


def write_log(line: str) -> None:
    """Write a line, which Lambda hands to CloudWatch Logs."""
    # 0.3 µs, where sys.stdout's write() and flush() take 0.6. A line is shorter than what a pipe takes whole.
    os.write(_LOG, line.encode())


def _access_model() -> str:
    # Not by pathlib, whose import would be 0.04 of `import jwt`.
    path = os.path.join(os.path.dirname(__file__), "access_model.json")  # noqa: PTH118, PTH120
    try:
        with open(path, encoding="utf-8") as stream:  # noqa: PTH123
            return stream.read()
    except (OSError, ValueError):
        raise ConfigurationError("access_model.json does not stand beside the code; the build puts it there") from None


handler = build_handler(os.environ, _access_model(), clock=time.time, monotonic=time.monotonic, log=write_log)
