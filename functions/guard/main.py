"""The entry point of every API's function: the handler of the API that the setting API names, inside the guard."""

import json
import os
import sys
from importlib import import_module

from guard.guard import Guard
from guard.log import Log


def write_log(line: str) -> None:
    """Write a line; Lambda sends it to CloudWatch Logs."""
    sys.stdout.write(line)
    sys.stdout.flush()


def _guarded() -> Guard:
    api = os.environ.get("API")
    if not api:
        raise RuntimeError("the environment variable API is not set; it is the name of the API's folder")
    folder = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib would only slow a cold start
    with open(os.path.join(folder, api, "openapi.json"), encoding="utf-8") as stream:  # noqa: PTH118, PTH123
        document = json.load(stream)
    return Guard(api, document, import_module(f"{api}.handler").handler, Log(api, write_log))


handler = _guarded()
