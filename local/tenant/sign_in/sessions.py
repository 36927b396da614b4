"""The browser's session with the tenant: a random cookie, whose hash is in the store.

A session ends some time after the sign-in, or earlier if it is not used. The tenant's settings have both lifetimes.
https://auth0.com/docs/manage-users/sessions/session-lifetime-limits
"""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from local.tenant import identifiers
from local.tenant.login.authentication import Authentication
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of

_HOUR = 3600
_COOKIE = "auth0"
_COMPATIBLE_COOKIE = "auth0_compat"


def cookie_name(request: Request, kind: str) -> str:
    """Return a cookie's name; it contains the port, because browsers share cookies among all ports of a host."""
    return f"{kind}_{request.url.port}"


def set_cookie(
    request: Request,
    response: Response,
    kind: str,
    value: str,
    lifetime_seconds: int | None,
) -> None:
    """Set a cookie that scripts cannot read, and that other sites' forms and frames cannot use."""
    response.set_cookie(
        cookie_name(request, kind),
        value,
        max_age=lifetime_seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def current(tenant: Tenant, request: Request) -> Authentication | None:
    """Return the sign-in of this browser's session, or None; each call counts as a use of the session."""
    key, now = _key(request), time.time()
    with tenant.store.transaction():
        document = tenant.store.sessions.get(key) if key else None
        if key is None or document is None or _end(tenant, document) <= now:
            return None
        user = tenant.store.users.get(document["user_id"])
        connection = tenant.store.connections.get(document["connection_id"])
        if user is None or connection is None:
            return None
        _put(tenant, key, {**document, "used_at": now})
    return Authentication(user, connection, document["session_id"], document["auth_time"])


def start(tenant: Tenant, request: Request, user: Document, connection: Document) -> tuple[str, Authentication]:
    """Begin a session after a sign-in and end the browser's old one; return the new cookie's value and the sign-in."""
    _forget(tenant, request)
    cookie, now = secrets.token_urlsafe(32), time.time()
    authentication = Authentication(user, connection, identifiers.alphanumeric(32), int(now))
    absolute_seconds, idle_seconds = _lifetimes(tenant)
    tenant.store.sessions.prune(now)
    _put(
        tenant,
        identifiers.fingerprint(cookie),
        {
            "session_id": authentication.session_id,
            "user_id": user["user_id"],
            "connection_id": connection["id"],
            "auth_time": authentication.auth_time,
            "absolute_seconds": absolute_seconds,
            "idle_seconds": idle_seconds,
            "used_at": now,
        },
    )
    return cookie, authentication


def remember(tenant: Tenant, request: Request, response: Response, cookie: str) -> None:
    """Set the session's cookie twice, as Auth0 does.

    The frames of other sites may use the first (`web_message`): it is `SameSite=None; Secure`. Chromium and Firefox
    take it from http://localhost too, because nobody can listen there. A browser that does not, and every other
    program, uses the second. (RFC 6265bis §5.7;
    https://auth0.com/docs/manage-users/cookies/authentication-api-cookies)
    """
    lifetime_seconds, _ = _lifetimes(tenant)
    response.set_cookie(
        cookie_name(request, _COOKIE), cookie, max_age=lifetime_seconds, httponly=True, samesite="none", secure=True
    )
    set_cookie(request, response, _COMPATIBLE_COOKIE, cookie, lifetime_seconds)


def end(tenant: Tenant, request: Request, response: Response) -> None:
    """End this browser's session."""
    _forget(tenant, request)
    response.delete_cookie(cookie_name(request, _COOKIE), httponly=True, samesite="none", secure=True)
    set_cookie(request, response, _COMPATIBLE_COOKIE, "", 0)


def _end(tenant: Tenant, document: Document) -> float:
    """Return when a session ends. A longer lifetime in the settings applies to new sessions, a shorter one at once."""
    absolute_seconds, idle_seconds = _lifetimes(tenant)
    absolute_end = document["auth_time"] + min(absolute_seconds, document["absolute_seconds"])
    idle_end = document["used_at"] + min(idle_seconds, document["idle_seconds"])
    return float(min(absolute_end, idle_end))


def _put(tenant: Tenant, key: str, document: Document) -> None:
    tenant.store.sessions.put(key, {**document, "expires_at": _end(tenant, document)})


def _lifetimes(tenant: Tenant) -> tuple[int, int]:
    """Return the absolute and the idle lifetime in seconds (the settings are in hours)."""
    settings = settings_of(tenant)
    return round(settings["session_lifetime"] * _HOUR), round(settings["idle_session_lifetime"] * _HOUR)


def _forget(tenant: Tenant, request: Request) -> None:
    key = _key(request)
    if key:
        tenant.store.sessions.delete(key)


def _key(request: Request) -> str | None:
    names = (cookie_name(request, _COOKIE), cookie_name(request, _COMPATIBLE_COOKIE))
    cookie = next((request.cookies[name] for name in names if request.cookies.get(name)), None)
    return identifiers.fingerprint(cookie) if cookie else None
