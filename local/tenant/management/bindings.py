"""The Actions of a trigger, in order: /actions/triggers."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management.action_documents import shown
from local.tenant.management.answers import ManagementError, absent, page_of, per_page
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of

_FORM = Form("bindings")
# The one trigger that the tenant supports; a PATCH of another answers 501.
_TRIGGER: Document = {
    "id": "post-login",
    "version": "v3",
    "status": "CURRENT",
    "runtimes": ["node18-actions", "node22"],
    "default_runtime": "node22",
    "compatible_triggers": [],
    "binding_policy": "trigger-bound",
}


def bind(tenant: Tenant, trigger: str, rows: list[tuple[str, str]]) -> None:
    """Bind exactly these Actions (display name, Action id) to a trigger, in this order."""
    known = {row["action_id"]: row for row in _rows(tenant, trigger)}
    now = timestamp(timespec="microseconds")
    bindings = [
        {"id": identifiers.action_id(), "created_at": now, **known.get(action_id, {}), "updated_at": now}
        | {"display_name": display_name, "action_id": action_id}
        for display_name, action_id in rows
    ]
    tenant.store.bindings.put(trigger, {"bindings": bindings})


def is_bound(tenant: Tenant, action_id: str) -> bool:
    """Return whether any trigger runs the Action."""
    return any(row["action_id"] == action_id for row in _rows(tenant, _TRIGGER["id"]))


def unbind(tenant: Tenant, action_id: str) -> None:
    """Remove the Action from all triggers."""
    kept = [row for row in _rows(tenant, _TRIGGER["id"]) if row["action_id"] != action_id]
    tenant.store.bindings.put(_TRIGGER["id"], {"bindings": kept})


async def list_triggers(_request: Request) -> Response:
    """GET /actions/triggers."""
    return JSONResponse({"triggers": [_TRIGGER]})


async def list_bindings(request: Request) -> Response:
    """GET /actions/triggers/{trigger}/bindings.

    The first page has `total`, unless it is 0, and no `page`; each later page has `page` and no `total`. The provider
    always asks for one page too many; if that page had a `total` too, the provider would never stop.
    """
    rows = _all_shown(tenant_of(request), _trigger(request))
    start, page = page_of(request, rows)
    size = per_page(request)
    body: Document = {"bindings": page, "per_page": size}
    if start:
        body["page"] = start // size
    elif rows:
        body["total"] = len(rows)
    return JSONResponse(body)


async def update(request: Request) -> Response:
    """PATCH /actions/triggers/{trigger}/bindings: the whole list, in order."""
    tenant, trigger = tenant_of(request), _trigger(request)
    body = await _FORM.new(request)
    bind(tenant, trigger, [_wanted(tenant, trigger, row) for row in body["bindings"]])
    return JSONResponse({"bindings": _all_shown(tenant, trigger)})


def _trigger(request: Request) -> str:
    trigger = str(request.path_params["trigger"])
    if trigger != _TRIGGER["id"]:
        raise ManagementError(501, f"The local tenant does not play the trigger {trigger}", "not_implemented")
    return trigger


def _wanted(tenant: Tenant, trigger: str, row: Document) -> tuple[str, str]:
    by_name = row["ref"]["type"] == "action_name"
    action = tenant.store.actions.find(**{"name" if by_name else "id": row["ref"]["value"]})
    if action is None:
        raise absent("action")
    if trigger not in {each["id"] for each in action["supported_triggers"]}:
        raise ManagementError(400, f"The action does not support the trigger {trigger}", "unsupported_trigger")
    if "deployed_version" not in action:
        raise ManagementError(400, "The action must be deployed before it is bound", "action_not_deployed")
    return str(row.get("display_name") or action["name"]), action["id"]


def _rows(tenant: Tenant, trigger: str) -> list[Document]:
    document = tenant.store.bindings.get(trigger) or {"bindings": []}
    rows: list[Document] = document["bindings"]
    return rows


def _all_shown(tenant: Tenant, trigger: str) -> list[Document]:
    result = []
    for row in _rows(tenant, trigger):
        action = tenant.store.actions.get(row["action_id"])
        if action is None:
            continue
        draft = ("code", "dependencies", "runtime", "status", "secrets")
        summary = {name: value for name, value in shown(action).items() if name not in draft}
        summary["all_changes_deployed"] = False  # even if the Action itself has true
        result.append(
            {"id": row["id"], "trigger_id": trigger, "action": summary}
            | {name: row[name] for name in ("created_at", "updated_at", "display_name")}
        )
    return result
