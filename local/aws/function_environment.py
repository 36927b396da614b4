"""Lambda CreateFunction and UpdateFunctionConfiguration: all environment variables together take 4 KB at most.

AWS refuses more (Lambda Developer Guide, "Lambda quotas"), measured as the JSON of names and values. ministack takes
any size, so that a key set or a list of revocations that does not fit would be seen on AWS only.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.aws.private_names import Reply, require, wrap

_LIMIT_BYTES = 4_096


def create_function(original: Callable[..., Reply], data: dict[str, Any]) -> Reply:
    """CreateFunction, unless the environment is too large."""
    return _too_large(data) or original(data)


def update_config(original: Callable[..., Reply], name: str, data: dict[str, Any]) -> Reply:
    """UpdateFunctionConfiguration, unless the environment is too large."""
    return _too_large(data) or original(name, data)


def _too_large(data: dict[str, Any]) -> Reply | None:
    measured = json.dumps((data.get("Environment") or {}).get("Variables") or {}, separators=(",", ":"))
    if len(measured.encode()) <= _LIMIT_BYTES:
        return None
    reply: Reply = lambda_svc.error_response_json(
        "InvalidParameterValueException",
        "Lambda was unable to configure your environment variables because the environment variables you have "
        f"provided exceeded the 4KB limit. String measured: {measured}",
        400,
    )
    return reply


def install() -> None:
    """Put the check in front of ministack's calls."""
    require(lambda_svc, "error_response_json")
    wrap(lambda_svc, "_create_function", create_function)
    wrap(lambda_svc, "_update_config", update_config)
