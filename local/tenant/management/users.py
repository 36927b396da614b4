"""The people who have signed in: /users. Only a sign-in creates or changes a user; requests can read and delete."""

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.login import grants
from local.tenant.login.users import roles_of
from local.tenant.management.answers import ManagementError, chosen_fields, find, listing
from local.tenant.store import Document, Store
from local.tenant.tenant import tenant_of

_IDS = ("user_id",)
# Another route shows the permissions in the user's document.
_ELSEWHERE = ("permissions",)
_DIRECT = {"source_id": "", "source_name": "", "source_type": "DIRECT"}
_TERM = re.compile(r'(email|name|nickname|user_id):(?:"([^"*]+)"|([^\s"*]+))')


async def list_users(request: Request) -> Response:
    """GET /users, filtered by `q`: one term, such as `email:"ada@example.com"`."""
    return _answer(request, [row for row in _all(request) if _matches(row, request.query_params.get("q"))])


async def list_by_email(request: Request) -> Response:
    """GET /users-by-email: a bare list; compares the address without case."""
    email = request.query_params.get("email")
    if not email:
        message = "Query validation error: 'Missing required property: email'."
        raise ManagementError(400, message, "invalid_query_string")
    rows = [row for row in _all(request) if row.get("email", "").casefold() == email.casefold()]
    return JSONResponse([chosen_fields(request, row, _IDS) for row in rows])


async def read(request: Request) -> Response:
    """GET /users/{id}."""
    return JSONResponse(chosen_fields(request, _shown(_find(request)), _IDS))


async def delete(request: Request) -> Response:
    """DELETE /users/{id}: the user, with sessions, refresh tokens and consents; 204 even if there is none."""
    forget(tenant_of(request).store, request.path_params["id"])
    return Response(status_code=204)


def forget(store: Store, user_id: str) -> None:
    """Delete a user with all sessions, grants and consents, so that none returns if the same person signs in again."""
    with store.transaction():
        store.users.delete(user_id)
        store.sessions.delete_all(user_id=user_id)
        store.consents.delete_all(user_id=user_id)
        for login in [family["login"] for family in store.refresh_families.values()]:
            if login["user_id"] == user_id:
                grants.end(store, login["grant_id"])


async def list_roles(request: Request) -> Response:
    """GET /users/{id}/roles."""
    roles = roles_of(tenant_of(request).store, _find(request))
    return listing(request, "roles", [{name: role[name] for name in ("id", "name", "description")} for role in roles])


async def list_permissions(request: Request) -> Response:
    """GET /users/{id}/permissions: each permission once, with its sources, the user directly or a role."""
    user = _find(request)
    shown: dict[tuple[str, str], Document] = {}
    rows = [(row, _DIRECT) for row in user.get("permissions", [])]
    for role in roles_of(tenant_of(request).store, user):
        source = {"source_id": role["id"], "source_name": role["name"], "source_type": "ROLE"}
        rows += [(row, source) for row in role["permissions"]]
    for row, source in rows:
        key = row["resource_server_identifier"], row["permission_name"]
        shown.setdefault(key, {**row, "sources": []})["sources"].append(source)
    return listing(request, "permissions", list(shown.values()))


def _answer(request: Request, rows: list[Document]) -> Response:
    return listing(request, "users", [chosen_fields(request, row, _IDS) for row in rows])


def _all(request: Request) -> list[Document]:
    return [_shown(row) for row in tenant_of(request).store.users.values()]


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.users, request.path_params["id"], "user")


def _matches(user: Document, query: str | None) -> bool:
    if not query:
        return True
    term = _TERM.fullmatch(query.strip())
    if term is None:
        raise ManagementError(501, "The local tenant finds users by one whole value only", "not_implemented")
    return str(user.get(term[1], "")).casefold() == (term[2] or term[3]).casefold()


def _shown(user: Document) -> Document:
    """Return a user as the API shows one, with the identity that the id names."""
    provider, _, identifier = user["user_id"].partition("|")
    identity = {"provider": provider, "connection": provider, "user_id": identifier, "isSocial": True}
    shown = {name: value for name, value in user.items() if name not in _ELSEWHERE}
    return {**shown, "identities": [identity]}
