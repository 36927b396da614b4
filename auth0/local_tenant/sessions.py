"""Who is signed in to the tenant in this browser: a random cookie, its hash in the store."""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from local_tenant import identifiers
from local_tenant.logins import Authentication
from local_tenant.store import Document
from local_tenant.tenant import Tenant

_LIFETIME_SECONDS = 7 * 86400  # Auth0's default for a session that is not used: three days; at most seven


def cookie_name(request: Request, kind: str) -> str:
    """Return a cookie's name; it carries the port, because a browser shares cookies among all ports of a host."""
    return f"{kind}_{request.url.port}"


def set_cookie(request: Request, response: Response, kind: str, value: str, lifetime_seconds: int | None) -> None:
    """Set a cookie that scripts cannot read and that other sites' forms and frames do not send."""
    response.set_cookie(
        cookie_name(request, kind),
        value,
        max_age=lifetime_seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def current(tenant: Tenant, request: Request) -> Authentication | None:
    """Return who is signed in in this browser, or None."""
    cookie = request.cookies.get(cookie_name(request, "auth0"))
    document = tenant.store.sessions.get(identifiers.fingerprint(cookie)) if cookie else None
    if document is None or document["expires_at"] <= time.time():
        return None
    user = tenant.store.users.get(document["user_id"])
    connection = tenant.store.connections.get(document["connection_id"])
    if user is None or connection is None:
        return None
    return Authentication(user, connection, document["session_id"], document["auth_time"])


def start(tenant: Tenant, request: Request, user: Document, connection: Document) -> tuple[str, Authentication]:
    """Begin a session after a sign-in, in place of the one that the browser had; return the new cookie's value."""
    _forget(tenant, request)
    cookie, now = secrets.token_urlsafe(32), time.time()
    authentication = Authentication(user, connection, identifiers.alphanumeric(32), int(now))
    tenant.store.sessions.prune(now)
    tenant.store.sessions.put(
        identifiers.fingerprint(cookie),
        {
            "session_id": authentication.session_id,
            "user_id": user["user_id"],
            "connection_id": connection["id"],
            "auth_time": authentication.auth_time,
            "expires_at": now + _LIFETIME_SECONDS,
        },
    )
    return cookie, authentication


def remember(request: Request, response: Response, cookie: str) -> None:
    """Give the browser the session's cookie."""
    set_cookie(request, response, "auth0", cookie, _LIFETIME_SECONDS)


def end(tenant: Tenant, request: Request, response: Response) -> None:
    """Sign this browser out of the tenant."""
    _forget(tenant, request)
    response.delete_cookie(
        cookie_name(request, "auth0"), httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _forget(tenant: Tenant, request: Request) -> None:
    cookie = request.cookies.get(cookie_name(request, "auth0"))
    if cookie:
        tenant.store.sessions.delete(identifiers.fingerprint(cookie))
