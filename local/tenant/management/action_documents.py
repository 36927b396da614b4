"""The document of an Action: fresh, changed, and as the API shows it."""

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management.answers import merged
from local.tenant.store import Document

_RUNTIME = "node22"


def new_action(body: Document) -> Document:
    """Return a fresh Action, a draft that no trigger runs yet."""
    action: Document = {
        "id": identifiers.action_id(),
        "name": body["name"],
        "supported_triggers": body["supported_triggers"],
        "created_at": timestamp(timespec="microseconds"),
        "code": "",
        "dependencies": [],
        "runtime": _RUNTIME,
        "secrets": [],
    }
    return changed(action, body)


def changed(action: Document, body: Document) -> Document:
    """Return an Action's draft after a change; the deployed version does not change until the next deploy."""
    now = timestamp(timespec="microseconds")
    result = merged(action, body)
    if "secrets" in body:
        result["secrets"] = _changed_secrets(action["secrets"], body["secrets"], now)
    return {**result, "updated_at": now, "status": "pending", "all_changes_deployed": False}


def shown(action: Document) -> Document:
    """Return an Action as the API shows it: secrets by name only, and the current version in brief."""
    result = {**action, "secrets": without_values(action["secrets"])}
    version = action.get("deployed_version")
    if version is not None:
        result["deployed_version"] = {**version, "secrets": without_values(version["secrets"])}
        brief = ("id", "code", "runtime", "number", "created_at", "updated_at")
        result["current_version"] = {
            **{name: version[name] for name in brief},
            "status": "BUILT",
            "build_time": version["built_at"],
        }
    return result


def without_values(secrets: list[Document]) -> list[Document]:
    """Return secrets as the API shows them: by name and age."""
    return [{name: value for name, value in secret.items() if name != "value"} for secret in secrets]


def _changed_secrets(known: list[Document], wanted: list[Document], now: str) -> list[Document]:
    """Return the requested secrets, existing ones first; a secret without a value keeps its old value."""
    values = {secret["name"]: secret["value"] for secret in known}
    given = {row["name"]: row.get("value") for row in wanted}
    names = [name for name in values if name in given] + [name for name in given if name not in values]
    return [{"name": name, "value": given[name] or values.get(name, ""), "updated_at": now} for name in names]
