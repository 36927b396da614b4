"""Exports the objects of a tenant that decide about sign-ins, without secrets and users; compares the last export."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts import whole_file
from scripts.console import detail, step
from scripts.errors import OperationError
from scripts.management_api import ManagementApi

_LISTS = {
    "clients": "clients",
    "client-grants": "client_grants",
    "resource-servers": "resource_servers",
    "connections": "connections",
    "actions/actions": "actions",
    "actions/triggers/post-login/bindings": "bindings",
}
"""Paths of the Management API, each with the member of the answer that holds the rows, if it is not a bare list."""
_NAMES = ("name", "identifier", "id")
_SECRET = re.compile(r"secret|private_key|signing_keys|encryption_key|pem$")
_CHANGING = frozenset({"updated_at", "built_at", "deployed_version", "all_changes_deployed"})
"""Members that say when something was written; the export omits them."""

type Export = Mapping[str, Mapping[str, Any]]
"""Objects by kind, then by identifier."""


def drill(api: ManagementApi, file: Path) -> None:
    """Export the tenant to a file, compare it with the previous file, and read the new one back.

    Raises:
        ManagementError: the tenant does not answer, or the credentials lack a scope; the text names it.
        OperationError: the file does not hold what the tenant has.
    """
    step(f"Exporting the tenant to {file.name}")
    before = _read(file) if file.exists() else None
    whole_file.write(file, (json.dumps(export(api), indent=2, sort_keys=True) + "\n").encode())
    written = _read(file)
    if changes := list(differences(written, export(api))):
        raise OperationError(f"the tenant changed during the export ({', '.join(changes)}): run it again.")
    detail(f"{', '.join(f'{len(rows)} {kind}' for kind, rows in written.items())}; users and secrets are not exported")
    if before is None:
        detail("there is no export before this one to compare with")
        return
    for change in (changes := list(differences(before, written))):
        detail(f"since the last export: {change}")
    if not changes:
        detail("nothing has changed since the last export")


def export(api: ManagementApi) -> dict[str, dict[str, Any]]:
    """Return the tenant's objects, without secrets."""
    return {
        kind: {_identifier(row): without_secrets(row) for row in api.rows(kind, key)} for kind, key in _LISTS.items()
    }


def differences(before: Export, after: Export) -> Iterator[str]:
    """Yield a line for each object that was added, removed or changed."""
    for kind in sorted(before.keys() | after.keys()):
        old, new = before.get(kind, {}), after.get(kind, {})
        for one in sorted(old.keys() | new.keys()):
            if old.get(one) != new.get(one):
                what = "added" if one not in old else "removed" if one not in new else "changed"
                yield f"{kind} {_named(new.get(one) or old[one])} {what}"


def _identifier(row: Mapping[str, Any]) -> str:
    return str(row.get("client_id") if "id" not in row else row["id"])


def _named(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in _NAMES if row.get(name)), "without a name")


def without_secrets(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Return an object without the members that hold a secret, or that only say when it was written."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in _CHANGING and not _SECRET.search(name)}
        return {name: without_secrets(one) for name, one in kept.items()}
    return [without_secrets(one) for one in value] if isinstance(value, list) else value


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise OperationError(f"{file} is no export: move it away, and run the drill again.") from error
    return found
