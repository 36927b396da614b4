"""Actions, their deployed versions, and the order in which a trigger runs them: /actions."""

import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import identifiers
from local_tenant.management.answers import ManagementError, check_lists, merged, number, read_object, text_field
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of

_RUNTIME = "node22"


def new_action(body: Document) -> Document:
    """Return a fresh Action, a draft that no trigger runs yet."""
    now = timestamp()
    action: Document = {
        "id": identifiers.action_id(),
        "name": text_field(body, "name"),
        "supported_triggers": body.get("supported_triggers") or _missing("supported_triggers"),
        "created_at": now,
        "code": "",
        "dependencies": [],
        "runtime": _RUNTIME,
        "secrets": [],
    }
    return changed(action, body)


def changed(action: Document, body: Document) -> Document:
    """Return an Action's draft after a change; what is deployed stays deployed until the next deploy."""
    check_lists(body, ("dependencies", "secrets", "supported_triggers"), dict)
    now = timestamp()
    result = {**merged(action, body), "id": action["id"], "created_at": action["created_at"]}
    if "secrets" in body:
        result["secrets"] = _changed_secrets(action["secrets"], body["secrets"] or [], now)
    return {**result, "updated_at": now, "status": "pending", "all_changes_deployed": False}


def deployed(action: Document) -> tuple[Document, Document]:
    """Return the Action after its draft was deployed, and the new version."""
    now = timestamp()
    copied = ("code", "dependencies", "secrets", "runtime", "supported_triggers")
    version: Document = {
        "id": identifiers.action_id(),
        "number": action.get("deployed_version", {"number": 0})["number"] + 1,
        "status": "built",
        "deployed": True,
        "built_at": now,
        "created_at": now,
        "updated_at": now,
        **{name: action[name] for name in copied},
    }
    return {**action, "status": "built", "all_changes_deployed": True, "deployed_version": version}, version


def shown(action: Document) -> Document:
    """Return an Action as the API shows it: secrets by name only, and the current version in brief."""
    result = {**action, "secrets": _without_values(action["secrets"])}
    version = action.get("deployed_version")
    if version is not None:
        result["deployed_version"] = {**version, "secrets": _without_values(version["secrets"])}
        brief = ("id", "code", "runtime", "number", "created_at", "updated_at")
        result["current_version"] = {
            **{name: version[name] for name in brief},
            "status": "BUILT",
            "build_time": version["built_at"],
        }
    return result


def timestamp() -> str:
    """Return the time in Auth0's form (RFC 3339, UTC)."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def bind(tenant: Tenant, trigger: str, rows: list[tuple[str, str]]) -> None:
    """Let a trigger run these Actions (display name, Action id), in this order and no others."""
    known = {row["action_id"]: row for row in _bindings(tenant, trigger)}
    now = timestamp()
    bindings = [
        {"id": identifiers.action_id(), "created_at": now, **known.get(action_id, {}), "updated_at": now}
        | {"display_name": display_name, "action_id": action_id}
        for display_name, action_id in rows
    ]
    tenant.store.bindings.put(trigger, {"bindings": bindings})


async def list_actions(request: Request) -> Response:
    """GET /actions/actions, all or those with an `actionName`; always with totals."""
    name = request.query_params.get("actionName")
    rows = [shown(row) for row in tenant_of(request).store.actions.values() if name is None or row["name"] == name]
    per_page, page = number(request, "per_page", 50), number(request, "page", 0)
    start = page * per_page
    return JSONResponse(
        {"total": len(rows), "page": page, "per_page": per_page, "actions": rows[start : start + per_page]}
    )


async def create(request: Request) -> Response:
    """POST /actions/actions."""
    tenant = tenant_of(request)
    body = await read_object(request)
    if tenant.store.actions.find(name=body.get("name")):
        raise ManagementError(409, "An action with the same name already exists", "action_conflict")
    action = new_action(body)
    # The answer says `pending`, and the next look says `built`: nothing needs building here.
    tenant.store.actions.put(action["id"], {**action, "status": "built"})
    return JSONResponse(shown(action), 201)


async def read(request: Request) -> Response:
    """GET /actions/actions/{id}."""
    return JSONResponse(shown(_find(tenant_of(request), request)))


async def update(request: Request) -> Response:
    """PATCH /actions/actions/{id}."""
    tenant = tenant_of(request)
    body = await read_object(request)
    action = changed(_find(tenant, request), body)
    tenant.store.actions.put(action["id"], {**action, "status": "built"})
    return JSONResponse(shown(action))


async def deploy(request: Request) -> Response:
    """POST /actions/actions/{id}/deploy: answers 200 with the version, which says `deployed` from the next look on."""
    tenant = tenant_of(request)
    action, version = deployed(_find(tenant, request))
    tenant.store.actions.put(action["id"], action)
    summary = {name: action[name] for name in ("id", "name", "supported_triggers", "created_at", "updated_at")}
    answer: dict[str, Any] = {name: value for name, value in version.items() if name != "built_at"}
    answer |= {
        "deployed": False,
        "secrets": _without_values(version["secrets"]),
        "action": {**summary, "all_changes_deployed": False},
    }
    return JSONResponse(answer)


async def delete(request: Request) -> Response:
    """DELETE /actions/actions/{id}; 409 while a trigger runs it."""
    tenant = tenant_of(request)
    action = _find(tenant, request)
    bound = any(row["action_id"] == action["id"] for each in tenant.store.bindings.values() for row in each["bindings"])
    if bound and request.query_params.get("force") != "true":
        raise ManagementError(409, "The action is bound to a trigger: remove the binding first", "action_bound")
    if bound:
        for trigger in {row["id"] for row in action["supported_triggers"]}:
            kept = [row for row in _bindings(tenant, trigger) if row["action_id"] != action["id"]]
            tenant.store.bindings.put(trigger, {"bindings": kept})
    tenant.store.actions.delete(action["id"])
    return Response(status_code=204)


async def list_bindings(request: Request) -> Response:
    """GET /actions/triggers/{trigger}/bindings.

    The first page has `total` and no `page`; any later one has `page` and no `total`. The provider asks for one page
    more than there are, and would never stop if that one had a total as well.
    """
    tenant = tenant_of(request)
    per_page, page = number(request, "per_page", 50), number(request, "page", 0)
    rows = _shown_bindings(tenant, request.path_params["trigger"])
    body: Document = {"bindings": rows[page * per_page : (page + 1) * per_page]}
    body |= {"page": page} if page else {"total": len(rows)}
    return JSONResponse({**body, "per_page": per_page})


async def update_bindings(request: Request) -> Response:
    """PATCH /actions/triggers/{trigger}/bindings: the whole list, in order."""
    tenant = tenant_of(request)
    body = await read_object(request)
    trigger = request.path_params["trigger"]
    bind(tenant, trigger, [_binding(tenant, trigger, row) for row in body.get("bindings") or []])
    return JSONResponse({"bindings": _shown_bindings(tenant, trigger)})


def _binding(tenant: Tenant, trigger: str, row: Document) -> tuple[str, str]:
    ref = row.get("ref") or {}
    by_name = ref.get("type") == "action_name"
    action = tenant.store.actions.find(**{"name" if by_name else "id": ref.get("value")})
    if action is None:
        raise ManagementError(400, "The action to bind does not exist", "inexistent_action")
    if trigger not in {each["id"] for each in action["supported_triggers"]}:
        raise ManagementError(400, f"The action does not support the trigger {trigger}", "unsupported_trigger")
    if "deployed_version" not in action:
        raise ManagementError(400, "The action must be deployed before it is bound", "action_not_deployed")
    return str(row.get("display_name") or action["name"]), action["id"]


def _bindings(tenant: Tenant, trigger: str) -> list[Document]:
    document = tenant.store.bindings.get(trigger) or {"bindings": []}
    rows: list[Document] = document["bindings"]
    return rows


def _shown_bindings(tenant: Tenant, trigger: str) -> list[Document]:
    result = []
    for row in _bindings(tenant, trigger):
        action = tenant.store.actions.get(row["action_id"])
        if action is None:
            continue
        draft = ("code", "dependencies", "runtime", "status", "secrets")
        summary = {name: value for name, value in shown(action).items() if name not in draft}
        summary["all_changes_deployed"] = False  # whatever the Action itself says
        result.append(
            {"id": row["id"], "trigger_id": trigger, "action": summary}
            | {name: row[name] for name in ("created_at", "updated_at", "display_name")}
        )
    return result


def _find(tenant: Tenant, request: Request) -> Document:
    action = tenant.store.actions.get(request.path_params["id"])
    if action is None:
        raise ManagementError(404, "That action does not exist.", "inexistent_action")
    return action


def _changed_secrets(known: list[Document], wanted: list[Document], now: str) -> list[Document]:
    """Return the wanted secrets, those already known first; one without a value keeps the value it had."""
    values = {secret["name"]: secret["value"] for secret in known}
    given = {text_field(row, "name"): row.get("value") for row in wanted}
    names = [name for name in values if name in given] + [name for name in given if name not in values]
    return [{"name": name, "value": given[name] or values.get(name, ""), "updated_at": now} for name in names]


def _without_values(secrets: list[Document]) -> list[Document]:
    return [{name: value for name, value in secret.items() if name != "value"} for secret in secrets]


def _missing(name: str) -> Any:  # noqa: ANN401 - never returns
    raise ManagementError(400, f"Payload validation error: 'Missing required property: {name}'.", "invalid_body")
