"""GET and POST /authorize: who signs in, by which connection, and what the application gets.

The pages on the way (login, stand-in for the identity provider, consent) are each reached by a redirect, so that every
step is a request of its own.
"""

import time
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import LoginError, PageError
from local.tenant.login import grants, tokens
from local.tenant.login.authentication import Authentication
from local.tenant.login.logins import Login, log_in
from local.tenant.login.permissions import find_api
from local.tenant.sign_in import (
    authorization_codes,
    authorization_response,
    consents,
    identity_provider,
    pending_logins,
    return_address,
    sessions,
)
from local.tenant.sign_in.authorization_request import AuthorizationRequest, parse
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of

_CONSENT_REQUIRED = ("consent_required", "Consent required")
_CONFIRMATION_REQUIRED = ("interaction_required", "A callback URL that cannot be verified needs a confirmation.")


async def authorize(request: Request) -> Response:
    """Answer an application's request: at once when the browser has a fitting session, else by way of the pages."""
    tenant, parameters = tenant_of(request), await read_parameters(request)
    to = return_address.find(tenant, parameters)
    try:
        client = client_of(tenant, to.client_id)
        asked = parse(parameters, to, client)
        find_api(tenant, client, asked.audience)
        connection = _asked_connection(tenant, asked)
        session = _fitting_session(tenant, request, asked, connection)
        if session is not None:
            return await _continue(tenant, request, asked, session, is_silent=True)
    except LoginError as error:
        return authorization_response.refuse(to, error)
    if "none" in asked.prompts:
        return authorization_response.refuse(to, LoginError("login_required", "Login required"))
    login_id, browser = pending_logins.keep(tenant, request, asked)
    path = identity_provider.path(connection, login_id) if connection else f"/u/login?{urlencode({'state': login_id})}"
    return pending_logins.lead_to(request, path, browser)


async def finish_sign_in(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, session: Authentication
) -> Response:
    """Answer the application after its user signed in, or lead to the consent page first."""
    try:
        return await _continue(tenant, request, asked, session, is_silent=False)
    except LoginError as error:
        return authorization_response.refuse(asked.to, error)


async def finish_consent(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, session: Authentication
) -> Response:
    """Answer the application after its user agreed."""
    try:
        return await _answer(tenant, request, asked, session)
    except LoginError as error:
        return authorization_response.refuse(asked.to, error)


async def read_parameters(request: Request) -> QueryParams:
    """Return a request's parameters: of a GET the query's, of a POST the form's (OpenID Connect Core §3.1.2.1)."""
    if request.method != "POST":
        return request.query_params
    form = await request.form()
    return QueryParams([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


def client_of(tenant: Tenant, client_id: str) -> Document:
    """Return the application of a request that was checked before; raise PageError when it is gone."""
    client = tenant.client(client_id)
    if client is None:
        raise PageError("Unknown application", "The application was deleted while its user signed in.", 403)
    return client


def enabled_connection(tenant: Tenant, client_id: str, name: str) -> Document | None:
    """Return a connection by its name, when it may sign users in to the application."""
    return next((row for row in tenant.connections_of(client_id) if row["name"] == name), None)


async def _continue(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, session: Authentication, *, is_silent: bool
) -> Response:
    client = client_of(tenant, asked.to.client_id)
    scopes = consents.to_ask_for(tenant, client, asked, session.user)
    if scopes or (is_silent and consents.needs_confirmation(tenant, client, asked)):
        if "none" in asked.prompts:  # OpenID Connect Core §3.1.2.6
            raise LoginError(*(_CONSENT_REQUIRED if scopes else _CONFIRMATION_REQUIRED))
        login_id, browser = pending_logins.keep(tenant, request, asked, session.session_id)
        return pending_logins.lead_to(request, f"/u/consent?{urlencode({'state': login_id})}", browser)
    return await _answer(tenant, request, asked, session)


async def _answer(tenant: Tenant, request: Request, asked: AuthorizationRequest, session: Authentication) -> Response:
    client = client_of(tenant, asked.to.client_id)
    login = await log_in(
        tenant,
        request,
        client,
        session,
        grant_id=grants.new_id(),
        audience=asked.audience,
        requested_scopes=asked.scopes,
        nonce=asked.nonce,
        tells_auth_time=asked.wants_auth_time,
        transaction=_transaction(asked),
        query=asked.parameters,
    )
    if asked.response_types == ["code"]:
        answer = {"code": authorization_codes.issue(tenant.store, asked, login, time.time())}
    else:
        answer = _implicit_answer(tenant, tenant.listeners.issuer(request), asked, login, client)
    return authorization_response.send(asked.to, answer)


def _implicit_answer(
    tenant: Tenant, issuer: str, asked: AuthorizationRequest, login: Login, client: Document
) -> dict[str, str]:
    """Return the tokens of RFC 6749 §4.2.2 and OpenID Connect Core §3.2.2.5; never a refresh token."""
    answer: dict[str, str] = {}
    if "token" in asked.response_types:
        token, lifetime = tokens.access_token(tenant, issuer, login, browser=True)
        answer |= {"access_token": token, "expires_in": str(lifetime), "token_type": "Bearer"}
        answer |= {"scope": " ".join(login.scopes)}
    if "id_token" in asked.response_types:
        answer["id_token"] = tokens.id_token(tenant, issuer, login, client, access_token=answer.get("access_token"))
    return answer


def _fitting_session(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, connection: Document | None
) -> Authentication | None:
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


def _asked_connection(tenant: Tenant, asked: AuthorizationRequest) -> Document | None:
    if asked.connection is None:
        return None
    connection = enabled_connection(tenant, asked.to.client_id, asked.connection)
    if connection is None:
        raise LoginError("invalid_request", "The connection is not enabled for the client.")
    return connection


def _transaction(asked: AuthorizationRequest) -> dict[str, Any]:
    protocol = "oidc-basic-profile" if asked.response_types == ["code"] else "oidc-implicit-profile"
    values = {
        "protocol": protocol,
        "requested_scopes": asked.scopes,
        "redirect_uri": asked.to.redirect_uri,
        "response_type": asked.response_types,
        "response_mode": asked.to.response_mode,
        "state": asked.to.state,
        "prompt": list(asked.prompts) or None,
        "login_hint": asked.login_hint,
    }
    return {name: value for name, value in values.items() if value is not None}
