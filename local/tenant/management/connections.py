"""Connections, and the applications that may use them: /connections."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management import database_connections, social_connections, users
from local.tenant.management.answers import (
    SEEDED,
    ManagementError,
    absent,
    by_checkpoint,
    chosen_fields,
    find,
    listing,
    merged,
)
from local.tenant.management.payloads import Form
from local.tenant.store import Document, Store
from local.tenant.tenant import tenant_of

# The options hold the secret of an identity provider, so reading and changing them need separate scopes:
# https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-connection-options-scope
# That page is about GET and PATCH. It says nothing about POST, which takes options and returns them as before.
OPTIONS_SCOPE = "read:connections_options"
CHANGE_OPTIONS_SCOPE = "update:connections_options"
_FORM, _CLIENTS_FORM = Form("connections"), Form("connection_clients")
# The members that `fields` does not remove.
_ALWAYS = ("id", "is_domain_connection", "authentication", "connected_accounts")


def new_connection(body: Document) -> Document:
    """Return a fresh connection: Auth0's defaults, overridden by the body."""
    defaults: Document = {
        "id": identifiers.prefixed("con"),
        "options": {},
        "strategy": body["strategy"],
        "name": body["name"],
        "is_domain_connection": False,
        "enabled_clients": [],
        "realms": [body["name"]],
        "authentication": {"active": True},
        "connected_accounts": {"active": False},
    }
    connection = merged(defaults, body)
    if connection["strategy"] == database_connections.STRATEGY:
        connection["options"] = database_connections.new_options(connection["options"])
    return _complete(connection)


def _complete(connection: Document) -> Document:
    strategy = connection["strategy"]
    given = {name: value for name, value in connection.get("options", {}).items() if value is not None}
    options = social_connections.with_scope(strategy, given)
    if strategy == database_connections.STRATEGY:
        options = database_connections.changed_options(options)
    return {**connection, "options": options, "enabled_clients": connection.get("enabled_clients", [])}


def _check(connection: Document) -> None:
    """Raise ManagementError for an unsupported strategy, or for contradictory options."""
    strategy = connection["strategy"]
    if strategy == database_connections.STRATEGY:
        database_connections.check(connection.get("options", {}))
    elif strategy not in social_connections.STRATEGIES:
        message = f"The local tenant plays social and database connections, and not {strategy}"
        raise ManagementError(501, message, "not_implemented")


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.connections, request.path_params["id"], "connection")


def _with_nulls_sent(connection: Document, body: Document) -> Document:
    """Return the answer to a change, which repeats null options; a GET omits them."""
    nulls = {name: None for name, value in (body.get("options") or {}).items() if value is None}
    if not nulls or connection["strategy"] in (database_connections.STRATEGY, "google-oauth2"):
        return connection
    return {**connection, "options": {**nulls, **connection["options"]}}


def _shown(request: Request, connection: Document) -> Document:
    hidden = (SEEDED,) if OPTIONS_SCOPE in request.state.scopes else (SEEDED, "options")
    return {name: value for name, value in connection.items() if name not in hidden}


async def list_connections(request: Request) -> Response:
    """GET /connections, filtered by `name` or by several `strategy`."""
    query = request.query_params
    strategies, name = query.getlist("strategy"), query.get("name")
    rows = [
        chosen_fields(request, _shown(request, row), _ALWAYS)
        for row in tenant_of(request).store.connections.values()
        if (not strategies or row["strategy"] in strategies) and (name is None or row["name"] == name)
    ]
    return listing(request, "connections", rows)


async def create(request: Request) -> Response:
    """POST /connections; 409 if the name is taken, as in a new tenant, which already has Google."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    _check(body)
    connection = new_connection(body)
    if store.connections.find(name=connection["name"]):
        raise ManagementError(409, "A connection with the same name already exists", "connection_conflict")
    store.connections.put(connection["id"], connection)
    return JSONResponse(_with_nulls_sent(connection, body), 201)


async def read(request: Request) -> Response:
    """GET /connections/{id}."""
    return JSONResponse(chosen_fields(request, _shown(request, _find(request)), _ALWAYS))


async def update(request: Request) -> Response:
    """PATCH /connections/{id}: replaces `options` as a whole, given the scope; name and strategy never change."""
    body = await _FORM.change(request)
    if "options" in body and CHANGE_OPTIONS_SCOPE not in request.state.scopes:
        message = f'Updating the "options" property requires the "{CHANGE_OPTIONS_SCOPE}" scope.'
        raise ManagementError(403, message, "insufficient_scope")
    connection = _complete(merged(_find(request), body))
    _check(connection)
    tenant_of(request).store.connections.put(connection["id"], connection)
    return JSONResponse(_shown(request, _with_nulls_sent(connection, body)))


async def delete(request: Request) -> Response:
    """DELETE /connections/{id}: 202; deletes all its users at once, where Auth0 takes a moment."""
    store = tenant_of(request).store
    connection = store.connections.get(request.path_params["id"])
    if connection is not None:
        store.connections.delete(connection["id"])
        if store.connections.find(strategy=connection["strategy"]) is None:
            _delete_users(store, connection["strategy"])
    return JSONResponse({"deleted_at": timestamp()}, 202)


def _delete_users(store: Store, strategy: str) -> None:
    """Delete the users of a strategy that no connection has any more; their ids begin with it."""
    for user in store.users.values():
        if user["user_id"].startswith(f"{strategy}|"):
            users.forget(store, user["user_id"])


async def list_provisionings(_: Request) -> Response:
    """GET /connections-directory-provisionings: none, because only enterprise connections have one."""
    return JSONResponse({"directory_provisionings": []})


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
