"""Requests that wait for their user to sign in, each bound to the browser it came from.

A form's answer counts only with the browser's cookie and the form's own token, so another site can neither submit the
form nor finish someone else's sign-in in the visitor's browser (login CSRF, RFC 6749 §10.12).
"""

import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from local_tenant import identifiers, sessions
from local_tenant.authorization_request import AuthorizationRequest
from local_tenant.errors import PageError
from local_tenant.store import Document
from local_tenant.tenant import Tenant

_LIFETIME_SECONDS = 3600
_COOKIE = "login"


def keep(tenant: Tenant, request: Request, asked: AuthorizationRequest) -> tuple[str, str]:
    """Keep a request; return its id for the login page's address, and the browser's cookie value."""
    login_id, now = identifiers.alphanumeric(32), time.time()
    browser = request.cookies.get(sessions.cookie_name(request, _COOKIE)) or secrets.token_urlsafe(32)
    tenant.store.logins.prune(now)
    tenant.store.logins.put(
        login_id,
        {
            "request": asked.to_document(),
            "browser": identifiers.fingerprint(browser),
            "csrf": secrets.token_urlsafe(32),
            "expires_at": now + _LIFETIME_SECONDS,
        },
    )
    return login_id, browser


def remember_browser(request: Request, response: Response, browser: str) -> None:
    """Give the browser the cookie that proves that a request was its own."""
    sessions.set_cookie(request, response, _COOKIE, browser, None)


def find(tenant: Tenant, request: Request) -> tuple[AuthorizationRequest, Document]:
    """Return the request that this browser waits with, and its record; raise PageError when it has none (any more)."""
    record = tenant.store.logins.get(request.query_params.get("state", ""))
    browser = request.cookies.get(sessions.cookie_name(request, _COOKIE), "")
    alive = record is not None and record["expires_at"] > time.time()
    if record is None or not alive or not identifiers.same(record["browser"], identifiers.fingerprint(browser)):
        raise PageError(
            "This sign-in is over",
            "It was finished, took too long, or began in another browser. Go back and sign in again.",
        )
    return AuthorizationRequest.from_document(record["request"]), record


def finish(tenant: Tenant, request: Request, csrf: str, record: Document) -> None:
    """Check the form's token and forget the request, so that a form is answered once; raise PageError otherwise."""
    if not identifiers.same(csrf, record["csrf"]):
        raise PageError("This form is not ours", "Go back and sign in again.", 403)
    if tenant.store.logins.delete(request.query_params["state"]) is None:
        raise PageError("This sign-in is over", "Go back and sign in again.")
