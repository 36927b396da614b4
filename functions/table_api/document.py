"""Reads the facts for serving an API from its OpenAPI document: operations, parameters, bodies, and item fields."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from table_api.parameters import Parameter

ID_FIELD = "id"
"""The table's hash key."""

OWN_PREFIX = "_"
"""The prefix of the attributes that table_api itself keeps in an item."""

IDEMPOTENCY_KEY, IF_MATCH = "Idempotency-Key", "If-Match"


class Action(Enum):
    """The kind of an operation, which follows from its method and path."""

    LIST = "list"
    GET = "get"
    HEALTH = "health"
    CREATE = "create"
    REPLACE = "replace"
    DELETE = "delete"


_HEADERS = {Action.CREATE: (IDEMPOTENCY_KEY, True), Action.REPLACE: (IF_MATCH, False), Action.DELETE: (IF_MATCH, False)}
"""The request header that makes an operation safe to repeat, and whether it is required."""

_STATUS = {Action.LIST: "200", Action.GET: "200", Action.CREATE: "201", Action.REPLACE: "200"}
"""The status of the answer that has the item or items."""


class Operation(NamedTuple):
    """One operation of the document. The guard has checked its scopes."""

    action: Action
    method: str
    path: str
    path_parameters: tuple[Parameter, ...]
    query_parameters: tuple[Parameter, ...]
    body: Mapping[str, Any]  # the schema of the request's body; empty if the operation takes none
    body_fields: tuple[str, ...]  # the properties of that schema
    fields: tuple[str, ...]  # the properties of the answered item
    not_found: str  # the document's sentence for a 404


def read_operations(name: str, document: dict[str, Any]) -> list[Operation]:
    """Return the operations of the API called `name`.

    Raises ValueError, with the fix, if the document has an operation that this package does not serve, or could not
    serve safely.
    """
    return [
        _operation(name, document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _operation(name: str, document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    served = {
        ("get", f"/{name}"): Action.LIST,
        ("post", f"/{name}"): Action.CREATE,
        ("get", f"/{name}/{{{ID_FIELD}}}"): Action.GET,
        ("put", f"/{name}/{{{ID_FIELD}}}"): Action.REPLACE,
        ("delete", f"/{name}/{{{ID_FIELD}}}"): Action.DELETE,
        ("get", f"/{name}/health"): Action.HEALTH,
    }
    shown = f"{method.upper()} {path}"
    if (method, path) not in served:
        known = ", ".join(f"{served_method.upper()} {served_path}" for served_method, served_path in served)
        raise ValueError(f"table_api does not serve {shown}, only {known}; write a handler.py of its own")
    action = served[method, path]
    body = _body(document, operation, shown) if action in {Action.CREATE, Action.REPLACE} else {}
    fields = _fields(document, operation, _STATUS[action]) if action in _STATUS else ()
    body_fields = tuple(body.get("properties", {}))
    _require_header(action, operation, shown)
    if unseen := sorted(set(body_fields) - set(fields)):
        raise ValueError(f"{shown} takes {', '.join(unseen)}, which the answered item does not have; add it there")
    return Operation(
        action=action,
        method=method.upper(),
        path=path,
        path_parameters=_parameters(operation, "path"),
        query_parameters=_parameters(operation, "query"),
        body=body,
        body_fields=body_fields,
        fields=fields,
        not_found=operation["responses"].get("404", {}).get("description", "There is nothing with this id"),
    )


def _parameters(operation: dict[str, Any], place: str) -> tuple[Parameter, ...]:
    declared = operation.get("parameters", [])
    return tuple(Parameter.from_document(parameter) for parameter in declared if parameter["in"] == place)


def _require_header(action: Action, operation: dict[str, Any], shown: str) -> None:
    if action not in _HEADERS:
        return
    name, required = _HEADERS[action]
    declared = {
        parameter["name"]: parameter.get("required", False)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "header"
    }
    if name not in declared or (required and not declared[name]):
        must = f"header {name}, required: true" if required else f"header {name}"
        raise ValueError(f"{shown} must declare the {must}; add it to its parameters")


def _body(document: dict[str, Any], operation: dict[str, Any], shown: str) -> dict[str, Any]:
    """Return the schema of the request's body, after checking that it admits only declared fields."""
    declared = operation.get("requestBody", {})
    if not declared.get("required"):
        raise ValueError(f"{shown} must have a requestBody with required: true")
    schema = _resolved(document, declared["content"]["application/json"]["schema"])
    if (
        schema.get("type") != "object"
        or schema.get("additionalProperties") is not False
        or not schema.get("properties")
    ):
        raise ValueError(f"the body of {shown} must be of type object with properties and additionalProperties: false")
    for name in schema["properties"]:
        if name == ID_FIELD or name.startswith(OWN_PREFIX):
            raise ValueError(
                f"the body of {shown} must not have the property {name}, which the API gives an item itself"
            )
    return schema


def _fields(document: dict[str, Any], operation: dict[str, Any], status: str) -> tuple[str, ...]:
    """Return the properties of the item, or of the items on a page, in the document's order."""
    schema = _resolved(document, operation["responses"][status]["content"]["application/json"]["schema"])
    if "items" in schema["properties"]:
        schema = _resolved(document, schema["properties"]["items"]["items"])
    return tuple(schema["properties"])


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return found
