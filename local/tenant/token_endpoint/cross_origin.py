"""Which web pages may read the answers of the token end point and its neighbours.

https://auth0.com/docs/get-started/applications/application-settings (allowed origins, allowed web origins)
"""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.store import Document
from local.tenant.tenant import Tenant


def origins(client: Document) -> set[str]:
    """Return the origins of an application, exactly as its settings write them."""
    return {*client.get("web_origins", []), *client.get("allowed_origins", [])}


def preflight(tenant: Tenant, request: Request) -> Response:
    """Answer OPTIONS: it names no application, so any application's origin will do; the answer itself is stricter."""
    response = expose(tenant, request, Response(status_code=204), None)
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Auth0-Client, Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def expose(tenant: Tenant, request: Request, response: Response, client: Document | None) -> Response:
    """Let the page read the answer when its origin is one of this very application.

    An answer to no application in particular is an error without any secret: any application's page may read that.
    """
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("origin")
    clients = tenant.store.clients.values() if client is None else [client]
    if origin is not None and any(origin in origins(row) for row in clients):
        _allow(response, origin)
    return response


def _allow(response: Response, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Credentials"] = "true"
