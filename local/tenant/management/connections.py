"""Connections and which applications may use them: /connections."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import (
    SEEDED,
    ManagementError,
    absent,
    by_checkpoint,
    chosen_fields,
    find,
    listing,
    merged,
    timestamp,
)
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

# Without it an answer has no options, which may hold the secret of an identity provider.
OPTIONS_SCOPE = "read:connections_options"
_CHANGE_OPTIONS_SCOPE = "update:connections_options"
_FORM, _CLIENTS_FORM = Form("connections"), Form("connection_clients")
# What `fields` does not leave out.
_ALWAYS = ("id", "is_domain_connection", "authentication", "connected_accounts")
# What Google is asked for when an option is switched on; Auth0 adds the list to the options.
_GOOGLE_SCOPES = {
    "email": "email",
    "profile": "profile",
    "gmail": "https://mail.google.com/mail/feed/atom",
    "youtube": "https://gdata.youtube.com",
}


def new_connection(body: Document) -> Document:
    """Return a fresh connection: Auth0's defaults under what the body says."""
    defaults: Document = {
        "id": identifiers.prefixed("con"),
        "options": {},
        "strategy": body["strategy"],
        "name": body["name"],
        "is_domain_connection": False,
        "enabled_clients": [],
        "realms": [body["name"]],
    }
    if body["strategy"] == "auth0":  # database connections alone were seen with these two
        defaults |= {"authentication": {"active": True}, "connected_accounts": {"active": False}}
    return _complete(merged(defaults, body))


def _complete(connection: Document) -> Document:
    options = {name: value for name, value in connection.get("options", {}).items() if value is not None}
    if connection["strategy"] == "google-oauth2":
        options["scope"] = [scope for name, scope in _GOOGLE_SCOPES.items() if options.get(name)]
    return {**connection, "options": options, "enabled_clients": connection.get("enabled_clients", [])}


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.connections, request.path_params["id"], "connection")


def _shown(request: Request, connection: Document) -> Document:
    hidden = (SEEDED,) if OPTIONS_SCOPE in request.state.scopes else (SEEDED, "options")
    return {name: value for name, value in connection.items() if name not in hidden}


async def list_connections(request: Request) -> Response:
    """GET /connections, all or those with a `name` or one of several `strategy`."""
    query = request.query_params
    strategies, name = query.getlist("strategy"), query.get("name")
    rows = [
        chosen_fields(request, _shown(request, row), _ALWAYS)
        for row in tenant_of(request).store.connections.values()
        if (not strategies or row["strategy"] in strategies) and (name is None or row["name"] == name)
    ]
    return listing(request, "connections", rows)


async def create(request: Request) -> Response:
    """POST /connections; 409 when the name is taken, as in a new tenant that already has Google."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    connection = new_connection(body)
    if store.connections.find(name=connection["name"]):
        raise ManagementError(409, "A connection with the same name already exists", "connection_conflict")
    store.connections.put(connection["id"], connection)
    return JSONResponse(connection, 201)


async def read(request: Request) -> Response:
    """GET /connections/{id}."""
    return JSONResponse(chosen_fields(request, _shown(request, _find(request)), _ALWAYS))


async def update(request: Request) -> Response:
    """PATCH /connections/{id}: `options` is replaced as a whole, by who may; name and strategy never change."""
    body = await _FORM.change(request)
    if "options" in body and _CHANGE_OPTIONS_SCOPE not in request.state.scopes:
        message = f"Insufficient scope, expected any of: {_CHANGE_OPTIONS_SCOPE}"
        raise ManagementError(403, message, "insufficient_scope")
    connection = _complete(merged(_find(request), body))
    tenant_of(request).store.connections.put(connection["id"], connection)
    return JSONResponse(_shown(request, connection))


async def delete(request: Request) -> Response:
    """DELETE /connections/{id}: 202, since Auth0 removes the users later."""
    tenant_of(request).store.connections.delete(request.path_params["id"])
    return JSONResponse({"deleted_at": timestamp()}, 202)


async def list_clients(request: Request) -> Response:
    """GET /connections/{id}/clients."""
    return by_checkpoint(request, "clients", [{"client_id": each} for each in _find(request)["enabled_clients"]])


async def update_clients(request: Request) -> Response:
    """PATCH /connections/{id}/clients: switch the connection on or off for some applications, in order."""
    tenant = tenant_of(request)
    changes = await _CLIENTS_FORM.rows(request)
    connection = _find(request)
    enabled: list[str] = connection["enabled_clients"]
    for change in changes:
        client_id = change["client_id"]
        if tenant.client(client_id) is None:
            raise absent("client")
        if not change["status"]:
            enabled = [each for each in enabled if each != client_id]
        elif client_id not in enabled:
            enabled.append(client_id)
    tenant.store.connections.put(connection["id"], {**connection, "enabled_clients": enabled})
    return Response(status_code=204)
