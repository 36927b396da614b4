"""Reads access.yaml: the audience, the scopes, and which connections and machine clients are granted which of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.build.data_files.documents import hint, place, read_yaml, reject, schema_problems, shown
from scripts.tools import ROOT

SCHEMA_PATH = ROOT / "auth0" / "access.schema.json"


DEFAULTS = {"machine_clients": {}, "role_based_access_control": False}


def load_access(access_path: Path) -> dict[str, Any]:
    """Return the content of access.yaml, as auth0/access.schema.json describes it, with defaults for optional keys.

    A scope may be declared but not granted; that withdraws it from everyone.

    Raises UserError if the file cannot be read, does not follow the schema, grants an undeclared scope, or gives two
    grantees one name; every problem is a line with file, place and fix.
    """
    access = read_yaml(access_path)
    reject(schema_problems(access, SCHEMA_PATH, access_path))
    whole = {**DEFAULTS, **access}
    reject([f"{shown(access_path)}: {problem}" for problem in [*_undeclared_scopes(whole), *_names_twice(whole)]])
    return whole


def _undeclared_scopes(access: dict[str, Any]) -> Iterator[str]:
    for section in ("connections", "machine_clients"):
        for name, grantee in access[section].items():
            for index, scope in enumerate(grantee["scopes"]):
                if scope not in access["scopes"]:
                    where = place([section, name, "scopes", index])
                    hinted = hint(scope, access["scopes"])
                    yield f'{where}: the scope "{scope}" is not declared under scopes{hinted}'


def _names_twice(access: dict[str, Any]) -> Iterator[str]:
    """Logs, metrics and the access matrix identify a grantee by its name alone, so the name has to be unique."""
    for name in access["machine_clients"]:
        if name in access["connections"]:
            yield f"{place(['machine_clients', name])}: a connection has this name; choose another"
    shown_as: dict[str, str] = {}
    for section in ("connections", "machine_clients"):
        for name, grantee in access[section].items():
            title = grantee["display_name"]
            where = place([section, name])
            if shown_as.setdefault(title, where) != where:
                yield f'{where}: "{title}" is the display_name of {shown_as[title]} too; choose another'
