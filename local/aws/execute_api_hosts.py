"""API Gateway's own hosts: a stage answers at `<api id>.execute-api.<region>.amazonaws.com`, as on AWS.

ministack knows only `<api id>.execute-api.localhost`. A client whose proxy leads to this machine instead of the
internet calls a stage by its real name.
"""

import re
from collections.abc import Callable

from ministack import app

from local.aws.private_names import require, wrap

_REAL = re.compile(r"\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?::\d+)?$")


def parse_execute_api_url(
    original: Callable[[str, str], tuple[str, str, str] | None], host: str, path: str
) -> tuple[str, str, str] | None:
    """Return the id of the API, the stage and the path below it for a Host header and a path; None for no API."""
    return original(_REAL.sub(f".execute-api.{app._MINISTACK_HOST}", host), path)


def install() -> None:
    """Replace ministack's function that maps a Host header to a stage."""
    require(app, "_MINISTACK_HOST")
    wrap(app, "_parse_execute_api_url", parse_execute_api_url)
