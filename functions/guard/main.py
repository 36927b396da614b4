"""The entry point of every API's function: the handler of the API that the setting API names, within the guard."""

import json
import os
import sys
from importlib import import_module

from guard.guard import Guard
from guard.log import Log


def _guarded() -> Guard:
    api = os.environ.get("API")
    if not api:
        raise RuntimeError("the environment variable API is not set; it is the name of the API's folder")
    folder = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib is needed by nothing else at a cold start
    with open(os.path.join(folder, api, "openapi.json"), encoding="utf-8") as stream:  # noqa: PTH118, PTH123
        document = json.load(stream)
    log = Log(api, sys.stdout.write)
    return Guard(api, document, import_module(f"{api}.handler").handler, log)


handler = _guarded()
