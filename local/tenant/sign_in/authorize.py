"""GET and POST /authorize, the front of a sign-in: read the request and find the browser's session.

With a suitable session `completion` answers at once. Without one, the request waits in `pending_logins`, and the
browser goes on to `login_pages`, where each page is a separate request.
"""

import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import LoginError
from local.tenant.login.authentication import Authentication
from local.tenant.login.permissions import find_api
from local.tenant.sign_in import (
    authorization_request,
    authorization_response,
    completion,
    identity_provider,
    pending_logins,
    return_address,
    sessions,
)
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.sign_in.parameters import read_parameters
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of


async def authorize(request: Request) -> Response:
    """Answer an application's request, or send the browser to the page for its user's next step."""
    tenant, parameters = tenant_of(request), await read_parameters(request)
    client, to = return_address.find(tenant, parameters, tenant.listeners.issuer(request))
    try:
        asked = authorization_request.parse(parameters, to, client)
        find_api(tenant, client, asked.audience)
        connection = _asked_connection(tenant, asked)
        session = _fitting_session(tenant, request, asked, connection)
    except LoginError as error:
        return authorization_response.refuse(to, error)
    if session is not None:
        return await completion.complete(tenant, request, client, asked, session, is_silent=True)
    if "none" in asked.prompts:
        return authorization_response.refuse(to, LoginError("login_required", "Login required"))
    login_id, browser = pending_logins.keep(tenant, request, asked)
    path = identity_provider.path(connection, login_id) if connection else f"/u/login?{urlencode({'state': login_id})}"
    return pending_logins.lead_to(request, path, browser)


def _asked_connection(tenant: Tenant, asked: AuthorizationRequest) -> Document | None:
    if asked.connection is None:
        return None
    connection = tenant.connection_of(asked.to.client_id, asked.connection)
    if connection is None:
        raise LoginError("invalid_request", "The connection is not enabled for the client.")
    return connection


def _fitting_session(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, connection: Document | None
) -> Authentication | None:
    """Return the browser's session if its user, connection and age fit the request."""
    session = sessions.current(tenant, request)
    if session is None or {"login", "select_account"} & set(asked.prompts):
        return None
    if connection is not None and session.connection["id"] != connection["id"]:
        return None
    if session.connection["id"] not in {row["id"] for row in tenant.connections_of(asked.to.client_id)}:
        return None
    if asked.max_age_seconds is not None and time.time() - session.auth_time > asked.max_age_seconds:
        return None
    return session
