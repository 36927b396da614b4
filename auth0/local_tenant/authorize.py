"""GET /authorize: who signs in, by which connection, and how the answer gets back to the application."""

import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local_tenant import authorization_codes, identity_provider, pending_logins, sessions, tokens
from local_tenant.authorization_request import AuthorizationRequest, check, parse
from local_tenant.errors import LoginError, PageError
from local_tenant.logins import Authentication, Login, log_in
from local_tenant.pages import page
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of


async def authorize(request: Request) -> Response:
    """Answer an application's request: at once when the browser has a fitting session, else by the login page."""
    tenant = tenant_of(request)
    asked = parse(tenant, request.query_params)
    client = _client(tenant, asked)
    try:
        check(asked, client, request.query_params.get("code_challenge_method"))
        connection = _asked_connection(tenant, asked)
        session = _fitting_session(tenant, request, asked, connection)
        if session is not None:
            return await _answer(tenant, request, asked, session)
    except LoginError as error:
        return _refusal(asked, error)
    if asked.prompt == "none":
        return _refusal(asked, LoginError("login_required", "Login required"))
    login_id, browser = pending_logins.keep(tenant, request, asked)
    path = identity_provider.path(connection, login_id) if connection else f"/u/login?{urlencode({'state': login_id})}"
    response = RedirectResponse(path, 302, {"Cache-Control": "no-store"})
    pending_logins.remember_browser(request, response, browser)
    return response


async def login_page(request: Request) -> Response:
    """GET /u/login: a button for each connection of the application."""
    tenant = tenant_of(request)
    asked, _ = pending_logins.find(tenant, request)
    login_id = request.query_params["state"]
    buttons = [
        {"display_name": identity_provider.title(row), "url": identity_provider.path(row, login_id)}
        for row in tenant.connections_of(asked.client_id)
    ]
    return page("login.html", application=_client(tenant, asked)["name"], connections=buttons)


async def identity_provider_page(request: Request) -> Response:
    """GET and POST /u/identity-provider/{connection}: the stand-in for Google or Amazon says who the user is."""
    tenant = tenant_of(request)
    asked, record = pending_logins.find(tenant, request)
    connection = _enabled_connection(tenant, asked.client_id, request.path_params["connection"])
    if connection is None:
        raise PageError("Unknown connection", "The connection is not enabled for this application.", 404)
    if request.method != "POST":
        return identity_provider.show(connection, record["csrf"], asked.origin)
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if "cancel" in fields:
        pending_logins.finish(tenant, request, fields.get("csrf", ""), record)
        return _refusal(asked, LoginError("access_denied", "User has canceled the interaction."))
    person = identity_provider.chosen_person(fields)
    if isinstance(person, str):
        return identity_provider.show(connection, record["csrf"], asked.origin, problem=person)
    pending_logins.finish(tenant, request, fields.get("csrf", ""), record)
    user = identity_provider.record_login(tenant.store, connection, person)
    cookie, session = sessions.start(tenant, request, user, connection)
    try:
        response = await _answer(tenant, request, asked, session)
    except LoginError as error:
        response = _refusal(asked, error)
    sessions.remember(request, response, cookie)
    return response


async def _answer(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, authentication: Authentication
) -> Response:
    client = _client(tenant, asked)
    login = await log_in(
        tenant,
        request,
        client,
        authentication,
        audience=asked.audience,
        requested_scopes=asked.scopes,
        nonce=asked.nonce,
        transaction=_transaction(asked),
    )
    issuer = tenant.listeners.issuer(request)
    if asked.response_types == ["code"]:
        return _send(asked, {"code": authorization_codes.issue(tenant.store.codes, asked, login, time.time())})
    return _send(asked, _implicit_answer(tenant, issuer, asked, login, client))


def _implicit_answer(
    tenant: Tenant, issuer: str, asked: AuthorizationRequest, login: Login, client: Document
) -> dict[str, str]:
    answer: dict[str, str] = {}
    if "token" in asked.response_types:
        token, lifetime = tokens.access_token(tenant, issuer, login, browser=True)
        answer |= {"access_token": token, "expires_in": str(lifetime), "token_type": "Bearer"}
        answer |= {"scope": " ".join(login.scopes)}
    if "id_token" in asked.response_types:
        answer["id_token"] = tokens.id_token(tenant, issuer, login, client, access_token=answer.get("access_token"))
    return answer


def _send(asked: AuthorizationRequest, answer: dict[str, str]) -> Response:
    if asked.response_mode == "web_message":
        message = {**answer, **({"state": asked.state} if asked.state is not None else {})}
        response = page("web_message.html", answer=message, origin=asked.origin)
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {asked.origin}"
        )
        return response
    # 303 makes the browser ask with GET after a form's POST; no-referrer keeps the code out of the next Referer.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(asked.answer_url(answer), 303, headers)


def _refusal(asked: AuthorizationRequest, error: LoginError) -> Response:
    return _send(asked, {"error": error.error, "error_description": error.description})


def _fitting_session(
    tenant: Tenant, request: Request, asked: AuthorizationRequest, connection: Document | None
) -> Authentication | None:
    session = sessions.current(tenant, request)
    if session is None or asked.prompt in ("login", "select_account"):
        return None
    if connection is not None and session.connection["id"] != connection["id"]:
        return None
    if session.connection["id"] not in {row["id"] for row in tenant.connections_of(asked.client_id)}:
        return None
    if asked.max_age_seconds is not None and time.time() - session.auth_time > asked.max_age_seconds:
        return None
    return session


def _asked_connection(tenant: Tenant, asked: AuthorizationRequest) -> Document | None:
    if asked.connection is None:
        return None
    connection = _enabled_connection(tenant, asked.client_id, asked.connection)
    if connection is None:
        raise LoginError("invalid_request", "The connection is not enabled for the client.")
    return connection


def _enabled_connection(tenant: Tenant, client_id: str, name: str) -> Document | None:
    return next((row for row in tenant.connections_of(client_id) if row["name"] == name), None)


def _client(tenant: Tenant, asked: AuthorizationRequest) -> Document:
    client = tenant.client(asked.client_id)
    if client is None:
        raise PageError("Unknown application", "The application was deleted while its user signed in.", 403)
    return client


def _transaction(asked: AuthorizationRequest) -> dict[str, Any]:
    protocol = "oidc-basic-profile" if asked.response_types == ["code"] else "oidc-implicit-profile"
    values = {
        "protocol": protocol,
        "requested_scopes": asked.scopes,
        "redirect_uri": asked.redirect_uri,
        "response_type": asked.response_types,
        "response_mode": asked.response_mode,
        "state": asked.state,
        "prompt": [asked.prompt] if asked.prompt else None,
    }
    return {name: value for name, value in values.items() if value is not None}
