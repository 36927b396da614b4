"""Connections and which applications may use them: /connections."""

import datetime
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import identifiers
from local_tenant.management.answers import (
    ManagementError,
    check_lists,
    check_objects,
    chosen_fields,
    listing,
    merged,
    number,
    read_list,
    read_object,
    text_field,
)
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of

# What `fields` does not leave out.
_ALWAYS = ("id", "is_domain_connection", "authentication", "connected_accounts")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,126}[A-Za-z0-9])?")
# What Google is asked for when an option is switched on; Auth0 adds the list to the options.
_GOOGLE_SCOPES = {
    "email": "email",
    "profile": "profile",
    "gmail": "https://mail.google.com/mail/feed/atom",
    "youtube": "https://gdata.youtube.com",
}


def new_connection(body: Document) -> Document:
    """Return a fresh connection: Auth0's defaults under what the body says."""
    name, strategy = text_field(body, "name"), text_field(body, "strategy")
    if not _NAME.fullmatch(name):
        raise ManagementError(400, "The connection's name has letters, digits and inner hyphens only.", "invalid_body")
    defaults: Document = {
        "id": identifiers.prefixed("con"),
        "options": {},
        "strategy": strategy,
        "name": name,
        "is_domain_connection": False,
        "enabled_clients": [],
        "realms": [name],
        # Database connections alone were seen with these two.
        **(
            {"authentication": {"active": True}, "connected_accounts": {"active": False}} if strategy == "auth0" else {}
        ),
    }
    return _complete(merged(defaults, body))


def _complete(connection: Document) -> Document:
    check_objects(connection, ("options",))
    check_lists(connection, ("enabled_clients", "realms"))
    options = {name: value for name, value in connection.get("options", {}).items() if value is not None}
    if connection["strategy"] == "google-oauth2":
        options["scope"] = [scope for name, scope in _GOOGLE_SCOPES.items() if options.get(name)]
    return {**connection, "options": options}


def _find(tenant: Tenant, request: Request) -> Document:
    connection = tenant.store.connections.get(request.path_params["id"])
    if connection is None:
        raise ManagementError(404, "The connection does not exist", "inexistent_connection")
    return connection


async def list_connections(request: Request) -> Response:
    """GET /connections, all or those with a `name` or one of several `strategy`."""
    query = request.query_params
    strategies, name = query.getlist("strategy"), query.get("name")
    rows = [
        chosen_fields(request, row, _ALWAYS)
        for row in tenant_of(request).store.connections.values()
        if (not strategies or row["strategy"] in strategies) and (name is None or row["name"] == name)
    ]
    return listing(request, "connections", rows)


async def create(request: Request) -> Response:
    """POST /connections; 409 when the name is taken, as in a new tenant that already has Google."""
    store = tenant_of(request).store
    body = await read_object(request)
    connection = new_connection(body)
    if store.connections.find(name=connection["name"]):
        raise ManagementError(409, "A connection with the same name already exists", "connection_conflict")
    store.connections.put(connection["id"], connection)
    return JSONResponse(connection, 201)


async def read(request: Request) -> Response:
    """GET /connections/{id}."""
    return JSONResponse(chosen_fields(request, _find(tenant_of(request), request), _ALWAYS))


async def update(request: Request) -> Response:
    """PATCH /connections/{id}: `options` is replaced as a whole; name and strategy never change."""
    tenant = tenant_of(request)
    body = await read_object(request)
    connection = _find(tenant, request)
    fixed = {name: connection[name] for name in ("id", "name", "strategy")}
    connection = {**_complete(merged(connection, body)), **fixed}
    tenant.store.connections.put(connection["id"], connection)
    return JSONResponse(connection)


async def delete(request: Request) -> Response:
    """DELETE /connections/{id}: 202, since Auth0 removes the users later."""
    tenant_of(request).store.connections.delete(request.path_params["id"])
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return JSONResponse({"deleted_at": now}, 202)


async def list_clients(request: Request) -> Response:
    """GET /connections/{id}/clients."""
    rows = [{"client_id": client_id} for client_id in _find(tenant_of(request), request)["enabled_clients"]]
    start, take = number(request, "from", 0), number(request, "take", 50)
    page: Document = {"clients": rows[start : start + take]}
    return JSONResponse({**page, "next": str(start + take)} if start + take < len(rows) else page)


async def update_clients(request: Request) -> Response:
    """PATCH /connections/{id}/clients: switch the connection on or off for some applications, in order."""
    tenant = tenant_of(request)
    changes = await read_list(request)
    connection = _find(tenant, request)
    enabled: list[str] = connection["enabled_clients"]
    for change in changes:
        client_id = text_field(change, "client_id")
        if tenant.client(client_id) is None:
            raise ManagementError(400, "The client does not exist", "inexistent_client")
        if change.get("status") is not True:
            enabled = [each for each in enabled if each != client_id]
        elif client_id not in enabled:
            enabled.append(client_id)
    tenant.store.connections.put(connection["id"], {**connection, "enabled_clients": enabled})
    return Response(status_code=204)
