"""The access model as the build compiled it: the scopes of each grantee, and the needs of each operation."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizer.routing import Path, is_parameter, segments

PATH_LIMIT = 256  # characters; with the stage's ARN before it, a policy's Resource may have 512

# A scope (RFC 6749 §3.3), and the name of a connection or machine client: visible ASCII without quote and backslash.
# In `sub`, `|` ends a connection's name.
_SCOPE = re.compile(r"[!#-\[\]-~]+")
_NAME = re.compile(r"[!#-\[\]-{}~]+")


class AccessModelError(Exception):
    """The access model does not have the build's form, so it cannot decide anything."""


class Operation(NamedTuple):
    """One guarded operation of one of the APIs."""

    method: str  # upper case
    path: Path
    any_of: tuple[frozenset[str], ...]  # alternatives, each a set of scopes that are all needed


class AccessModel(NamedTuple):
    """The grants and needs of all APIs together; the first segment of every path is the API's name."""

    audience: str
    connections: Mapping[str, frozenset[str]]  # the granted scopes, by the connection's name
    machine_clients: Mapping[str, frozenset[str]]  # the granted scopes, by the machine client's name
    role_based_access_control: bool  # whether names in `permissions` count like scopes
    operations: tuple[Operation, ...]


def parse(text: str) -> AccessModel:
    """Read access_model.json; raises AccessModelError for any other form, so that a gap never opens anything."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise AccessModelError("not JSON") from None
    _expect(document, set(AccessModel._fields), "the document")
    operations, permissions_count = document["operations"], document["role_based_access_control"]
    if not isinstance(operations, list) or not operations:
        raise AccessModelError("operations is not a filled array")
    if not isinstance(permissions_count, bool):
        raise AccessModelError("role_based_access_control is neither true nor false")
    return AccessModel(
        audience=_text(document["audience"], "audience"),
        connections=_grantees(document["connections"], "connections"),
        machine_clients=_grantees(document["machine_clients"], "machine_clients"),
        role_based_access_control=permissions_count,
        operations=tuple(_operation(operation, f"operations[{i}]") for i, operation in enumerate(operations)),
    )


def _operation(value: object, place: str) -> Operation:
    operation = _expect(value, {"method", "path", "any_of"}, place)
    method, path, any_of = _text(operation["method"], place), _text(operation["path"], place), operation["any_of"]
    if not method.isascii() or not method.isalpha() or not method.isupper():
        raise AccessModelError(f"{place}.method is not an HTTP method in upper case")
    if not path.startswith("/") or len(path) > PATH_LIMIT or not all(map(_is_segment, segments(path))):
        raise AccessModelError(f"{place}.path is not /literal/{{parameter}} of at most {PATH_LIMIT} characters")
    if not isinstance(any_of, list) or not any_of:
        raise AccessModelError(
            f"{place}.any_of names no scope: an operation without one would be closed or open by accident"
        )
    alternatives = tuple(_scopes(scopes, f"{place}.any_of") for scopes in any_of)
    if not all(alternatives):
        raise AccessModelError(f"{place}.any_of has an empty alternative, which anyone would meet")
    return Operation(method, segments(path), alternatives)


def _is_segment(segment: str) -> bool:
    # With IAM's wildcards or a greedy parameter ({proxy+}), a policy would cover more than the access model grants.
    name = segment[1:-1] if is_parameter(segment) and segment.endswith("}") else segment
    return name != "" and not set(name) & set("{}*?+")


def _grantees(value: object, place: str) -> dict[str, frozenset[str]]:
    if not isinstance(value, dict) or not all(_NAME.fullmatch(name) for name in value):
        raise AccessModelError(f"{place} is not an object of names")
    return {name: _scopes(scopes, f"{place}.{name}") for name, scopes in value.items()}


def _expect(value: object, members: set[str], place: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != members:
        raise AccessModelError(f"{place} does not have exactly the members {', '.join(sorted(members))}")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise AccessModelError(f"{place} is not a filled string")
    return value


def _scopes(value: object, place: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(scope, str) and _SCOPE.fullmatch(scope) for scope in value):
        raise AccessModelError(f"{place} is not an array of scopes")
    return frozenset(value)
