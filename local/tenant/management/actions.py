"""Actions: /actions/actions. action_versions deploys them, and bindings assigns them to a trigger."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.management import bindings
from local.tenant.management.action_documents import changed, new_action, shown
from local.tenant.management.answers import ManagementError, find, page_of, per_page
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("actions")


def find_action(request: Request) -> Document:
    """Return the Action of the path; raise ManagementError(404) if there is none."""
    return find(tenant_of(request).store.actions, request.path_params["id"], "action")


async def list_actions(request: Request) -> Response:
    """GET /actions/actions, filtered by `actionName`, `triggerId` or `deployed`; always with totals."""
    query = request.query_params
    wanted = {name: query[name] for name in ("actionName", "triggerId", "deployed") if name in query}
    rows = [shown(row) for row in tenant_of(request).store.actions.values() if wanted.items() <= _facts(row).items()]
    start, page = page_of(request, rows)
    size = per_page(request)
    return JSONResponse({"total": len(rows), "page": start // size if size else 0, "per_page": size, "actions": page})


async def create(request: Request) -> Response:
    """POST /actions/actions."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    _check_modules(body)
    if body.pop("deploy", False):
        raise ManagementError(501, "The local tenant deploys by POST /actions/actions/{id}/deploy", "not_implemented")
    if store.actions.find(name=body["name"]):
        raise ManagementError(409, "An action with the same name already exists", "action_conflict")
    action = new_action(body)
    # The answer says `pending`, and the next GET says `built`: nothing needs building here.
    store.actions.put(action["id"], {**action, "status": "built"})
    return JSONResponse(shown(action), 201)


async def read(request: Request) -> Response:
    """GET /actions/actions/{id}."""
    return JSONResponse(shown(find_action(request)))


async def update(request: Request) -> Response:
    """PATCH /actions/actions/{id}."""
    store = tenant_of(request).store
    body = await _FORM.change(request)
    _check_modules(body)
    action = changed(find_action(request), body)
    other = store.actions.find(name=action["name"])
    if other is not None and other["id"] != action["id"]:
        raise ManagementError(409, "An action with the same name already exists", "action_conflict")
    store.actions.put(action["id"], {**action, "status": "built"})
    return JSONResponse(shown(action))


async def delete(request: Request) -> Response:
    """DELETE /actions/actions/{id}; 409 while a trigger runs it, unless `force` is set."""
    tenant, action = tenant_of(request), find_action(request)
    if bindings.is_bound(tenant, action["id"]) and request.query_params.get("force") != "true":
        raise ManagementError(409, "The action is bound to a trigger: remove the binding first", "action_bound")
    with tenant.store.transaction():
        bindings.unbind(tenant, action["id"])
        for version in tenant.store.action_versions.find_all(action_id=action["id"]):
            tenant.store.action_versions.delete(version["id"])
        tenant.store.actions.delete(action["id"])
    return Response(status_code=204)


def _check_modules(body: Document) -> None:
    if body.get("modules"):
        raise ManagementError(501, "The local tenant loads no modules into an Action", "not_implemented")


def _facts(action: Document) -> dict[str, str]:
    return {
        "actionName": action["name"],
        "triggerId": action["supported_triggers"][0]["id"],
        "deployed": "true" if "deployed_version" in action else "false",
    }
