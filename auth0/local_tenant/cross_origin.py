"""Which web pages may read the answers of the token end point and its neighbours.

https://auth0.com/docs/get-started/applications/application-settings (allowed origins, allowed web origins)
"""

from starlette.requests import Request
from starlette.responses import Response

from local_tenant.store import Document
from local_tenant.tenant import Tenant


def origins(client: Document) -> set[str]:
    """Return the origins of an application, exactly as its settings write them."""
    return {*client.get("web_origins", []), *client.get("allowed_origins", [])}


def preflight(tenant: Tenant, request: Request) -> Response:
    """Answer OPTIONS: it names no application, so any application's origin will do; the answer itself is stricter."""
    origin = request.headers.get("origin", "")
    response = Response(status_code=204, headers={"Vary": "Origin"})
    if any(origin in origins(client) for client in tenant.store.clients.values()):
        _allow(response, origin)
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Auth0-Client, Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def expose(request: Request, response: Response, client: Document | None) -> Response:
    """Let the page read the answer when its origin is one of this very application."""
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("origin")
    if client is not None and origin is not None and origin in origins(client):
        _allow(response, origin)
    return response


def _allow(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
