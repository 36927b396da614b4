"""Reads from an API's OpenAPI document what serving it takes: operations, scopes, parameters, and the item's fields."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from table_api.parameters import Parameter

ID_FIELD = "id"
"""The table's hash key."""


class Action(Enum):
    """What an operation does, told by its path."""

    LIST = "list"
    GET = "get"
    HEALTH = "health"


@dataclass(frozen=True)
class Operation:
    """One operation of the document.

    `any_of` holds alternatives of scopes that are all needed; None means public. An operation without `security` in the
    document is refused when the document is read, never served open. `fields` are the item's properties, and
    `not_found` is what the document says of a 404.
    """

    action: Action
    path: str
    any_of: tuple[frozenset[str], ...] | None
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    fields: tuple[str, ...]
    not_found: str


def read_operations(name: str, document: dict[str, Any]) -> list[Operation]:
    """Return the operations of the API called `name`.

    Raises ValueError when the document has an operation that this package does not serve, or one without `security`.
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
    if "security" not in operation:
        message = f"{method.upper()} {path} has no security"
        raise ValueError(message)
    security = operation["security"]
    return Operation(
        action=actions[path],
        path=path,
        any_of=tuple(frozenset(requirement["auth0"]) for requirement in security) if security else None,
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
