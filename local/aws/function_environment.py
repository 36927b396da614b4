"""Lambda CreateFunction and UpdateFunctionConfiguration: all environment variables together take at most 4 KB.

AWS measures the JSON of names and values (Lambda Developer Guide, "Lambda quotas"). ministack accepts any size, so a
key set or a revocation list that is too large would fail only on AWS.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.aws.private_names import Reply, require, wrap

_LIMIT_BYTES = 4_096


def create_function(original: Callable[..., Reply], data: dict[str, Any]) -> Reply:
    """Create the function, unless its environment is too large."""
    return _too_large(data) or original(data)


def update_config(original: Callable[..., Reply], name: str, data: dict[str, Any]) -> Reply:
    """Update the configuration, unless the environment is too large."""
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
    """Check the size before ministack handles either call."""
    require(lambda_svc, "error_response_json")
    wrap(lambda_svc, "_create_function", create_function)
    wrap(lambda_svc, "_update_config", update_config)
