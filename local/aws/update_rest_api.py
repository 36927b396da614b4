"""API Gateway UpdateRestApi: patches of lists, numbers and booleans.

ministack's JSON Patch turns `binaryMediaTypes` into a map and keeps numbers and booleans as strings: every plan shows a
change. Paths and values: API Gateway API Reference, "Patch Operations", RestApi.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1 as v1

from local.aws.private_names import Reply, require, wrap


def update_rest_api(original: Callable[..., Reply], api_id: str, data: dict[str, Any]) -> Reply:
    """Patch the typed paths here, and leave the others to ministack."""
    api = v1._rest_apis.get(api_id)
    if api is None:
        return original(api_id, data)
    rest = [operation for operation in data.get("patchOperations", []) if not _apply(api, operation)]
    return original(api_id, {"patchOperations": rest})


def _apply(api: dict[str, Any], operation: dict[str, str]) -> bool:
    """Apply one patch operation to the API's record; return False if its path is not a typed one."""
    key, _, item = operation.get("path", "").lstrip("/").partition("/")
    item, value = v1._decode_json_pointer_token(item), operation.get("value")
    match key:
        case "binaryMediaTypes":
            kept = [media_type for media_type in api.get(key) or [] if media_type != item]
            added = [] if operation["op"] == "remove" else [value if operation["op"] == "replace" and value else item]
            api[key] = kept + added
        case "minimumCompressionSize":
            api[key] = int(value) if value else None
        case "disableExecuteApiEndpoint":
            api[key] = str(value).lower() == "true"
        case "endpointConfiguration" if item.startswith("types"):
            api[key] = {**api[key], "types": [value]}
        case _:
            return False
    return True


def install() -> None:
    """Replace ministack's UpdateRestApi."""
    require(v1, "_rest_apis", "_decode_json_pointer_token")
    wrap(v1, "_update_rest_api", update_rest_api)
