"""CORS: which web pages may read the answers of the token endpoint, of revocation and of /userinfo.

https://auth0.com/docs/get-started/applications/application-settings (allowed origins, allowed web origins)
"""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.store import Document
from local.tenant.tenant import Tenant


def origins(client: Document) -> set[str]:
    """Return the origins of an application, exactly as in its settings."""
    return {*client.get("web_origins", []), *client.get("allowed_origins", [])}


def preflight(tenant: Tenant, request: Request) -> Response:
    """Answer OPTIONS. It names no application, so any application's origin is allowed; the later answer is stricter."""
    response = expose(tenant, request, Response(status_code=204), None)
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Auth0-Client, Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"
    return response


def expose(tenant: Tenant, request: Request, response: Response, client: Document | None) -> Response:
    """Let a page read the answer if its origin belongs to this application.

    Without a `client` the answer is an error without secrets, which pages of all applications may read.
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
