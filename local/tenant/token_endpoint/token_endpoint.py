"""POST /oauth/token and POST /oauth/revoke: authenticate the application, then grant or revoke, then answer."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.errors import OAuthError
from local.tenant.login import restrictions
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.token_endpoint import client_authentication, cross_origin, revocation, token_grants
from local.tenant.token_endpoint.request_body import read_fields, required

type Answer = dict[str, Any] | None

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749 §5.1


async def token(request: Request) -> Response:
    """Exchange a code, a refresh token or an application's own credentials for tokens."""
    return await _answer(request, _grant)


async def revoke(request: Request) -> Response:
    """Revoke a token (RFC 7009)."""
    return await _answer(request, _revoke)


async def _answer(
    request: Request, give: Callable[[Tenant, Request, dict[str, str], Document], Awaitable[Answer]]
) -> Response:
    """Answer a request of an authenticated application; `give` returns the JSON, or None for an empty body."""
    tenant = tenant_of(request)
    if request.method == "OPTIONS":
        return cross_origin.preflight(tenant, request)
    client: Document | None = None
    try:
        fields = await read_fields(request)
        client = client_authentication.identify(tenant, request, fields)
        client_authentication.prove(tenant, request, fields, client, time.time())
        restrictions.check_token_request(client)
        answer = await give(tenant, request, fields, client)
        response: Response = Response(headers=_NO_STORE) if answer is None else JSONResponse(answer, headers=_NO_STORE)
    except OAuthError as error:
        response = _refuse(request, error)
    return cross_origin.expose(tenant, request, response, client)


async def _grant(tenant: Tenant, request: Request, fields: dict[str, str], client: Document) -> Answer:
    grant_type = required(fields, "grant_type")
    if grant_type not in token_grants.GRANTS:
        raise OAuthError("unsupported_grant_type", f"Unsupported grant type: {grant_type}")
    if grant_type not in client.get("grant_types", []):
        raise OAuthError("unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.", 403)
    return await token_grants.GRANTS[grant_type](tenant, request, fields, client)


async def _revoke(tenant: Tenant, _request: Request, fields: dict[str, str], client: Document) -> Answer:
    revocation.revoke(tenant.store, required(fields, "token"), client)
    return None


def _refuse(request: Request, error: OAuthError) -> Response:
    """Return an error response (RFC 6749 §5.2)."""
    headers = dict(_NO_STORE)
    if error.status == 401 and "authorization" in request.headers:
        headers["WWW-Authenticate"] = 'Basic realm="Users"'
    body = {"error": error.error, "error_description": error.description}
    return JSONResponse(body, error.status, headers=headers)
