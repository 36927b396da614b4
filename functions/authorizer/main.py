"""The entry point: the one module that reads the environment, a file and the clocks, once, when the function starts."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from authorizer.configuration import ConfigurationError, build_handler


def write_log(entry: dict[str, Any]) -> None:
    """Write one entry as a line of JSON, which Lambda hands to CloudWatch Logs."""
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()


def _rules() -> str:
    path = Path(__file__).with_name("rules.json")
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        raise ConfigurationError("rules.json does not stand beside the code; the build puts it there") from None


handler = build_handler(os.environ, _rules(), clock=time.time, monotonic=time.monotonic, log=write_log)
