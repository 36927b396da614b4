"""API Gateway DeleteApiKey: the key leaves its usage plans too.

ministack lists a deleted key in its plans forever, so `make origin-key` would delete it again.
"""

from collections.abc import Callable

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap


def delete_api_key(original: Callable[[str], Reply], key_id: str) -> Reply:
    """Delete the key, and remove it from each usage plan."""
    for keys in v1._usage_plan_keys.values():
        keys.pop(key_id, None)
    return original(key_id)


def install() -> None:
    """Replace ministack's DeleteApiKey."""
    require(v1, "_usage_plan_keys")
    wrap(v1, "_delete_api_key", delete_api_key)
