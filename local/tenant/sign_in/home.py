"""GET /: for the person who runs the tenant: its content, its log, and how to get a token."""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.pages import page
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_SHOWN_ROWS = 50


async def home(request: Request) -> Response:
    """Return the page; it shows no secret, token, user id or user's e-mail address."""
    tenant = tenant_of(request)
    clients = tenant.store.clients.values()
    names = {client["client_id"]: client["name"] for client in clients}
    connections = [
        {**row, "applications": [names[each] for each in row["enabled_clients"] if each in names]}
        for row in tenant.store.connections.values()
    ]
    apis = [
        {**row, "scopes": [scope["value"] for scope in row.get("scopes", [])]}
        for row in tenant.store.resource_servers.values()
    ]
    return page(
        "home.html",
        look=tenant.look(),
        origins=[tenant.listeners.origin(scheme) for scheme in ("http", "https")],
        clients=[{"callbacks": [], "grant_types": [], **client} for client in clients],
        connections=connections,
        apis=apis,
        people=[person["name"] for person in tenant.store.people.values()],
        rows=[_shown(row) for row in tenant.log.rows()[:_SHOWN_ROWS]],
    )


def _shown(row: Document) -> Document:
    about = [row.get(name) for name in ("client_name", "connection", "action", "level")]
    return {
        "time": row["date"][11:19],
        "type": row["type"],
        "about": ", ".join(str(each) for each in about if each),
        "description": row["description"],
    }
