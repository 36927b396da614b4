"""Reads from an API's OpenAPI document what serving it takes: operations, scopes, parameters, and the item's fields."""

from enum import Enum
from typing import Any, NamedTuple

from table_api.parameters import Parameter

ID_FIELD = "id"
"""The table's hash key."""


class Action(Enum):
    """The work of an operation, which its path shows."""

    LIST = "list"
    GET = "get"
    HEALTH = "health"


class Operation(NamedTuple):
    """One operation of the document. The guard has checked its scopes."""

    action: Action
    path: str
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    fields: tuple[str, ...]  # the item's properties
    not_found: str  # the document's sentence on a 404


def read_operations(name: str, document: dict[str, Any]) -> list[Operation]:
    """Return the operations of the API called `name`.

    Raises ValueError when the document has an operation that this package does not serve.
    """
    return [
        _operation(name, document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(name: str, document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    actions = {
        f"/{name}": Action.LIST,
        f"/{name}/{{{ID_FIELD}}}": Action.GET,
        f"/{name}/health": Action.HEALTH,
    }
    if method != "get" or path not in actions:
        message = f"table_api does not serve {method.upper()} {path}; only GET of {', '.join(actions)}"
        raise ValueError(message)
    return Operation(
        action=actions[path],
        path=path,
        path_parameters=_parameters(operation, "path"),
        query_parameters=_parameters(operation, "query"),
        fields=_fields(document, operation) if actions[path] is not Action.HEALTH else (),
        not_found=operation["responses"].get("404", {}).get("description", "There is nothing with this id"),
    )


def _parameters(operation: dict[str, Any], place: str) -> tuple[Parameter, ...]:
    declared = operation.get("parameters", [])
    return tuple(Parameter.from_document(parameter) for parameter in declared if parameter["in"] == place)


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, ...]:
    """Return the item's properties, of the item itself or of the page's `items`, in the document's order."""

    def resolved(schema: dict[str, Any]) -> dict[str, Any]:
        reference = schema.get("$ref")
        return document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema

    schema = resolved(operation["responses"]["200"]["content"]["application/json"]["schema"])
    if "items" in schema["properties"]:
        schema = resolved(schema["properties"]["items"]["items"])
    return tuple(schema["properties"])
