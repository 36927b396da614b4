"""The entry point: the only module that reads the environment, a file and the clocks, once, at the start."""

import os
import sys
import time

from authorizer.deferred import NOT_NEEDED_TO_VERIFY, deferred

with deferred(*NOT_NEEDED_TO_VERIFY):
    from authorizer.configuration import ConfigurationError, build_handler

# Lambda's runtime client sets up standard output before it imports this module.
_LOG = sys.stdout.fileno()


def write_log(line: str) -> None:
    """Write a line; Lambda sends it to CloudWatch Logs."""
    os.write(_LOG, line.encode())  # at once and whole, because a line is shorter than a pipe's buffer


def _access_model() -> str:
    # Without pathlib, because nothing else here needs it at a cold start.
    path = os.path.join(os.path.dirname(__file__), "access_model.json")  # noqa: PTH118, PTH120
    try:
        with open(path, encoding="utf-8") as stream:  # noqa: PTH123
            return stream.read()
    except (OSError, ValueError):
        raise ConfigurationError("access_model.json is missing next to the code; the build puts it there") from None


def _subject_hash_key() -> dict[str, str]:
    """Return the setting SUBJECT_HASH_KEY from a layer's file; empty if there is no such file.

    It is no environment variable, because Terraform keeps every variable of a function in its state
    (docs/decisions/0033). Lambda puts the layer's folder `python` on Python's path.
    """
    for folder in sys.path:
        try:
            with open(os.path.join(folder, "subject_hash_key"), encoding="ascii") as stream:  # noqa: PTH118, PTH123
                return {"SUBJECT_HASH_KEY": stream.read()}
        except (OSError, ValueError):
            continue
    return {}


settings = {**os.environ, **_subject_hash_key()}
handler = build_handler(settings, _access_model(), clock=time.time, monotonic=time.monotonic, log=write_log)
