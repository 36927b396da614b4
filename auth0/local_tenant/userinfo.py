"""GET /userinfo: the claims of the user whose access token is shown (OpenID Connect Core §5.3)."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from local_tenant import cross_origin, identifiers, tokens
from local_tenant.tenant import Tenant, tenant_of


async def userinfo(request: Request) -> Response:
    """Answer with the user's claims, as far as the token's scopes go; 401 without a good token."""
    tenant = tenant_of(request)
    if request.method == "OPTIONS":
        return cross_origin.preflight(tenant, request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    found = _subject(tenant, token.strip()) if kind.lower() == "bearer" else None
    user = tenant.store.users.get(found["sub"]) if found else None
    if found is None or user is None:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return cross_origin.expose(request, PlainTextResponse("Unauthorized", 401, challenge), None)
    claims = {"sub": user["user_id"], **tokens.profile_claims(user, found["scopes"])}
    response = JSONResponse(claims, headers={"Cache-Control": "no-store"})
    return cross_origin.expose(request, response, tenant.client(found["client_id"]))


def _subject(tenant: Tenant, token: str) -> dict[str, Any] | None:
    record = tenant.store.opaque_tokens.get(identifiers.fingerprint(token))
    if record is not None:
        login = record["login"]
        alive = record["expires_at"] > time.time() and "openid" in login["scopes"]
        return {"sub": login["user_id"], "scopes": login["scopes"], "client_id": login["client_id"]} if alive else None
    claims = tokens.verify(tenant, token, {f"{issuer}userinfo" for issuer in tenant.listeners.issuers()})
    if claims is None:
        return None
    client_id = claims.get("azp") or claims.get("client_id")
    return {"sub": claims["sub"], "scopes": claims["scope"].split(), "client_id": client_id}
