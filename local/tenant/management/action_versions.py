"""The deployed versions of an Action: /actions/actions/{id}/deploy and /actions/actions/{id}/versions."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management.action_documents import without_values
from local.tenant.management.actions import find_action
from local.tenant.management.answers import absent, page_of, per_page
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of

_COPIED = ("code", "dependencies", "secrets", "runtime", "supported_triggers")


def deploy(tenant: Tenant, action: Document, source: Document) -> tuple[Document, Document]:
    """Deploy `source`, the Action's draft or an earlier version; return the Action and the new version."""
    now = timestamp(timespec="microseconds")
    version: Document = {
        "id": identifiers.action_id(),
        "number": action.get("deployed_version", {"number": 0})["number"] + 1,
        "status": "built",
        "deployed": True,
        "built_at": now,
        "created_at": now,
        "updated_at": now,
        **{name: source[name] for name in _COPIED},
    }
    current = all(source[name] == action[name] for name in _COPIED)
    action = {**action, "status": "built", "all_changes_deployed": current, "deployed_version": version}
    with tenant.store.transaction():
        tenant.store.action_versions.put(version["id"], {**version, "action_id": action["id"]})
        tenant.store.actions.put(action["id"], action)
    return action, version


async def deploy_draft(request: Request) -> Response:
    """POST /actions/actions/{id}/deploy: answers 200 with the version; `deployed` is true from the next GET on."""
    tenant, action = tenant_of(request), find_action(request)
    return JSONResponse(_fresh(*deploy(tenant, action, action)))


async def list_versions(request: Request) -> Response:
    """GET /actions/actions/{id}/versions, the latest first; always with totals."""
    tenant, action = tenant_of(request), find_action(request)
    versions = tenant.store.action_versions.find_all(action_id=action["id"])
    rows = [_shown(row, action) for row in sorted(versions, key=lambda row: row["number"], reverse=True)]
    start, page = page_of(request, rows)
    size = per_page(request)
    return JSONResponse({"total": len(rows), "page": start // size if size else 0, "per_page": size, "versions": page})


async def read(request: Request) -> Response:
    """GET /actions/actions/{id}/versions/{version}."""
    return JSONResponse(_shown(_find(request), find_action(request)))


async def deploy_again(request: Request) -> Response:
    """POST /actions/actions/{id}/versions/{version}/deploy: a new version with the content of an earlier one."""
    tenant, action = tenant_of(request), find_action(request)
    return JSONResponse(_fresh(*deploy(tenant, action, _find(request))))


def _find(request: Request) -> Document:
    version = tenant_of(request).store.action_versions.get(request.path_params["version"])
    if version is None or version["action_id"] != request.path_params["id"]:
        raise absent("action version")
    return version


def _fresh(action: Document, version: Document) -> Document:
    """Return a version as the answer to its deployment shows it: not yet deployed."""
    shown = {name: value for name, value in _shown(version, action).items() if name != "built_at"}
    return {**shown, "deployed": False, "action": {**shown["action"], "all_changes_deployed": False}}


def _shown(version: Document, action: Document) -> Document:
    summary = ("id", "name", "supported_triggers", "created_at", "updated_at", "all_changes_deployed")
    return {
        **{name: value for name, value in version.items() if name != "action_id"},
        "secrets": without_values(version["secrets"]),
        "deployed": version["id"] == action["deployed_version"]["id"],
        "action": {name: action[name] for name in summary},
    }
