"""Authorization requests whose users still have to sign in or to agree; each is bound to its browser.

A form is valid only with the browser's cookie and the form's own token. So another site can neither submit the form nor
finish somebody else's sign-in in the user's browser (login CSRF, RFC 6749 §10.12).
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
    """A pending login: its id, application, request and form token, and the session of a user who must still agree."""

    login_id: str
    client: Document
    asked: AuthorizationRequest
    csrf: str
    session_id: str | None


def keep(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, session_id: str | None = None
) -> tuple[str, str]:
    """Store a request; return its id, for the page's URL, and the value of the browser's cookie.

    `session_id`: the session of a user who must still agree; without one, the user must still sign in.
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
    """Return a redirect to a page, with the cookie that binds the pending login to the browser."""
    status = 303 if request.method == "POST" else 302
    response = RedirectResponse(path, status, {"Cache-Control": "no-store"})
    sessions.set_cookie(request, response, _COOKIE, browser, None)
    return response


def find(tenant: Tenant, request: Request) -> PendingLogin:
    """Return the pending login of this browser and the query's `state`.

    Raises:
        PageError: there is none, it is finished or too old, or its application was deleted.
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
    """Check the form's token and delete the pending login, so that a form is valid once; raise PageError otherwise."""
    if not identifiers.same(csrf, pending.csrf):
        raise PageError("This form is not ours", "Go back and sign in again.", 403)
    if tenant.store.logins.delete(pending.login_id) is None:
        raise _over()


def _over() -> PageError:
    return PageError(
        "This sign-in is over",
        "It was finished, took too long, or began in another browser. Go back and sign in again.",
    )
