"""GET and POST /userinfo: the claims of the access token's user (OpenID Connect Core §5.3)."""

import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.login import tokens
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.token_endpoint import cross_origin


@dataclass(frozen=True)
class _Shown:
    """The content of a valid token."""

    user_id: str
    client_id: str | None
    scopes: list[str]


class _RefusedError(Exception):
    """The token is missing (no `code`), invalid or insufficient (RFC 6750 §3.1)."""

    def __init__(self, status: int, code: str = "", description: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.description = description


async def userinfo(request: Request) -> Response:
    """Answer with the claims of the token's scopes; 401 without a valid token, 403 without `openid`."""
    tenant = tenant_of(request)
    if request.method == "OPTIONS":
        return cross_origin.preflight(tenant, request)
    try:
        shown = _read(tenant, _bearer(request))
        user = tenant.store.users.get(shown.user_id)
        if user is None:
            raise _invalid()
        claims = {"sub": user["user_id"], **tokens.profile_claims(user, shown.scopes)}
        response: Response = JSONResponse(claims, headers={"Cache-Control": "no-store"})
        return cross_origin.expose(tenant, request, response, tenant.client(shown.client_id))
    except _RefusedError as error:
        return cross_origin.expose(tenant, request, _refuse(error), None)


def _bearer(request: Request) -> str:
    """Return the token of the Authorization header, the only place where the endpoint accepts one (RFC 6750 §2.1)."""
    header = request.headers.get("authorization")
    if header is None:
        raise _RefusedError(401)
    token = tokens.bearer(header)
    if not token:
        raise _invalid()
    return token


def _read(tenant: Tenant, token: str) -> _Shown:
    record = tenant.store.opaque_tokens.get(identifiers.fingerprint(token))
    if record is not None and record["expires_at"] > time.time():
        login = record["login"]
        if "openid" not in login["scopes"]:
            raise _RefusedError(403, "insufficient_scope", "The token needs the scope openid.")
        return _Shown(login["user_id"], login["client_id"], login["scopes"])
    claims = tokens.verify(tenant, token, tenant.listeners.userinfo_audiences())
    if claims is None:
        raise _invalid()
    return _Shown(claims["sub"], claims.get("azp") or claims.get("client_id"), claims["scope"].split())


def _invalid() -> _RefusedError:
    return _RefusedError(401, "invalid_token", "The access token is invalid or has expired")


def _refuse(error: _RefusedError) -> Response:
    if not error.code:  # RFC 6750 §3.1: no error code if there was no token
        return JSONResponse({"error": "unauthorized"}, error.status, {"WWW-Authenticate": 'Bearer realm="Users"'})
    challenge = f'Bearer realm="Users", error="{error.code}", error_description="{error.description}"'
    body = {"error": error.code, "error_description": error.description}
    return JSONResponse(body, error.status, {"WWW-Authenticate": challenge})
