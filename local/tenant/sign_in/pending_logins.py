"""Requests that wait for their user, to sign in or to agree, each bound to the browser it came from.

A form's answer counts only with the browser's cookie and the form's own token, so another site can neither submit the
form nor finish someone else's sign-in in the visitor's browser (login CSRF, RFC 6749 §10.12).
"""

import secrets
import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local.tenant import identifiers
from local.tenant.errors import PageError
from local.tenant.sign_in import sessions
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.store import Document
from local.tenant.tenant import Tenant

_LIFETIME_SECONDS = 3600
_COOKIE = "login"


@dataclass(frozen=True)
class PendingLogin:
    """A request that waits: its id, application, content, its form's token, and the session of who has to agree."""

    login_id: str
    client: Document
    asked: AuthorizationRequest
    csrf: str
    session_id: str | None


def keep(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, session_id: str | None = None
) -> tuple[str, str]:
    """Keep a request; return its id for a page's address, and the browser's cookie value.

    `session_id`: the session whose user has only to agree; without one, the user has to sign in.
    """
    login_id, now = identifiers.alphanumeric(32), time.time()
    browser = request.cookies.get(sessions.cookie_name(request, _COOKIE)) or secrets.token_urlsafe(32)
    tenant.store.logins.prune(now)
    tenant.store.logins.put(
        login_id,
        {
            "request": asked.to_document(),
            "session_id": session_id,
            "browser": identifiers.fingerprint(browser),
            "csrf": secrets.token_urlsafe(32),
            "expires_at": now + _LIFETIME_SECONDS,
        },
    )
    return login_id, browser


def lead_to(request: Request, path: str, browser: str) -> Response:
    """Return a redirect to a page, with the cookie that proves that a request is the browser's own."""
    status = 303 if request.method == "POST" else 302
    response = RedirectResponse(path, status, {"Cache-Control": "no-store"})
    sessions.set_cookie(request, response, _COOKIE, browser, None)
    return response


def find(tenant: Tenant, request: Request) -> PendingLogin:
    """Return the login that this browser waits with.

    Raises:
        PageError: the browser has none, or has finished it, or it is too old, or its application is gone.
    """
    login_id = request.query_params.get("state", "")
    record = tenant.store.logins.get(login_id)
    browser = request.cookies.get(sessions.cookie_name(request, _COOKIE), "")
    alive = record is not None and record["expires_at"] > time.time()
    if record is None or not alive or not identifiers.same(record["browser"], identifiers.fingerprint(browser)):
        raise _over()
    asked = AuthorizationRequest.from_document(record["request"])
    client = tenant.client(asked.to.client_id)
    if client is None:
        raise PageError("Unknown application", "The application was deleted while its user signed in.", 403)
    return PendingLogin(login_id, client, asked, record["csrf"], record["session_id"])


def finish(tenant: Tenant, pending: PendingLogin, csrf: str) -> None:
    """Check the form's token and forget the login, so that a form counts once; raise PageError otherwise."""
    if not identifiers.same(csrf, pending.csrf):
        raise PageError("This form is not ours", "Go back and sign in again.", 403)
    if tenant.store.logins.delete(pending.login_id) is None:
        raise _over()


def _over() -> PageError:
    return PageError(
        "This sign-in is over",
        "It was finished, took too long, or began in another browser. Go back and sign in again.",
    )
