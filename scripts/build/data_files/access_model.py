"""Compiles access.yaml and the OpenAPI documents to the access model in the authorizer's zip."""

from typing import Any

from scripts.build.data_files.documents import hint, reject
from scripts.build.data_files.operations import operations


def compile_access_model(access: dict[str, Any], apis: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the authorizer's access_model.json.

    `audience`; `connections` and `machine_clients`, each name to scopes; `role_based_access_control`: whether
    `permissions` count like scopes; and the guarded `operations`, each `{"method", "path", "any_of"}`. any_of holds
    alternatives, each a list of scopes that are all needed. Everything is sorted, so equal meaning gives equal bytes.
    Public operations are absent, because they have no authorizer.

    Raises UserError if an operation needs a scope that access.yaml does not declare, with a line for each.
    """
    found = [(name, operation) for name in sorted(apis) for operation in operations(apis[name])]
    reject(
        [
            f'functions/{name}/openapi.yaml: {operation} asks for the scope "{scope}", '
            f"which auth0/access.yaml does not declare{hint(scope, access['scopes'])}"
            for name, operation in found
            for scope in sorted({scope for needed in operation.any_of or () for scope in needed})
            if scope not in access["scopes"]
        ]
    )
    return {
        "audience": access["audience"],
        "connections": _granted(access["connections"]),
        "machine_clients": _granted(access["machine_clients"]),
        "role_based_access_control": access["role_based_access_control"],
        "operations": [
            {
                "method": operation.method,
                "path": operation.path,
                "any_of": [list(needed) for needed in operation.any_of],
            }
            for _, operation in found
            if operation.any_of is not None
        ],
    }


def _granted(grantees: dict[str, Any]) -> dict[str, list[str]]:
    return {name: sorted(grantee["scopes"]) for name, grantee in sorted(grantees.items())}
