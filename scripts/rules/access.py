"""Reads access.yaml: the audience, the scopes, and which connection grants which scopes."""

from pathlib import Path
from typing import Any

from scripts.rules.documents import ROOT, hint, place, read_yaml, reject, schema_problems, shown

SCHEMA_PATH = ROOT / "auth0" / "access.schema.json"


def load_access(access_path: Path) -> dict[str, Any]:
    """Return the content of access.yaml, in the form that auth0/access.schema.json gives.

    A declared scope that no connection grants is allowed: it is how a scope is taken away from everyone.

    Raises UserError when the file cannot be read, does not follow the schema, or grants a scope that it does not
    declare; every problem is a line with file, place and fix.
    """
    access = read_yaml(access_path)
    problems = schema_problems(access, SCHEMA_PATH, access_path)
    reject(problems or _undeclared_scopes(access, access_path))
    return access


def _undeclared_scopes(access: dict[str, Any], access_path: Path) -> list[str]:
    return [
        f'{shown(access_path)}: {place(["connections", name, "scopes", index])}: the scope "{scope}" '
        f"is not declared under scopes{hint(scope, access['scopes'])}"
        for name, connection in access["connections"].items()
        for index, scope in enumerate(connection["scopes"])
        if scope not in access["scopes"]
    ]
