"""The pages between /authorize and its answer: choose a connection, say who you are, agree."""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import LoginError, PageError
from local.tenant.login.authentication import Authentication
from local.tenant.pages import page
from local.tenant.sign_in import authorization_response, consents, identity_provider, pending_logins, sessions
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.sign_in.authorize import client_of, enabled_connection, finish_consent, finish_sign_in
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.tenant_settings import settings_of


async def login(request: Request) -> Response:
    """GET /u/login: a button for each connection of the application."""
    tenant = tenant_of(request)
    asked, _ = pending_logins.find(tenant, request)
    login_id = request.query_params["state"]
    look = tenant.look()
    names = {
        "clientName": client_of(tenant, asked.to.client_id)["name"],
        "companyName": settings_of(tenant).get("friendly_name", "this tenant"),
    }
    buttons = [
        {
            "letter": identity_provider.title(row)[:1].upper(),
            "text": look.text("federatedConnectionButtonText", connectionName=identity_provider.title(row), **names),
            "url": identity_provider.path(row, login_id),
        }
        for row in tenant.connections_of(asked.to.client_id)
    ]
    return page(
        "login.html",
        look=look,
        page_title=look.text("pageTitle", **names),
        title=look.text("title", **names),
        description=look.text("description", **names),
        logo_text=look.text("logoAltText", **names),
        application=names["clientName"],
        connections=buttons,
    )


async def identify(request: Request) -> Response:
    """GET and POST /u/identity-provider/{connection}: the stand-in for Google or Amazon says who the user is."""
    tenant = tenant_of(request)
    asked, record = pending_logins.find(tenant, request)
    connection = enabled_connection(tenant, asked.to.client_id, request.path_params["connection"])
    if connection is None:
        raise PageError("Unknown connection", "The connection is not enabled for this application.", 404)
    if request.method != "POST":
        return identity_provider.show(connection, record["csrf"], asked.to.origin, login_hint=asked.login_hint or "")
    fields = await _fields(request)
    if "cancel" in fields:
        pending_logins.finish(tenant, request, fields.get("csrf", ""), record)
        return _declined(asked, "User has canceled the interaction.")
    person = identity_provider.chosen_person(fields)
    if isinstance(person, str):
        hint = asked.login_hint or ""
        return identity_provider.show(connection, record["csrf"], asked.to.origin, login_hint=hint, problem=person)
    pending_logins.finish(tenant, request, fields.get("csrf", ""), record)
    user = identity_provider.record_login(tenant.store, connection, person)
    cookie, session = sessions.start(tenant, request, user, connection)
    response = await finish_sign_in(tenant, request, asked, session)
    sessions.remember(tenant, request, response, cookie)
    return response


async def consent(request: Request) -> Response:
    """GET and POST /u/consent: the user agrees to what the application asks for, or does not."""
    tenant = tenant_of(request)
    asked, record = pending_logins.find(tenant, request)
    session = _session_of(tenant, request, record)
    client = client_of(tenant, asked.to.client_id)
    try:
        scopes = consents.to_ask_for(tenant, client, asked, session.user)
    except LoginError as error:
        return authorization_response.refuse(asked.to, error)
    if request.method != "POST":
        return page(
            "consent.html",
            form_target=asked.to.origin,
            look=tenant.look(),
            application=client["name"],
            scopes=scopes,
            csrf=record["csrf"],
        )
    fields = await _fields(request)
    pending_logins.finish(tenant, request, fields.get("csrf", ""), record)
    if fields.get("decision") != "accept":
        return _declined(asked, "User did not authorize the request")
    consents.give(tenant, client, asked, session.user, scopes)
    return await finish_consent(tenant, request, asked, session)


def _session_of(tenant: Tenant, request: Request, record: Document) -> Authentication:
    session = sessions.current(tenant, request)
    if session is None or session.session_id != record["session_id"]:
        raise PageError("You are not signed in any more", "Go back and sign in again.")
    return session


def _declined(asked: AuthorizationRequest, description: str) -> Response:
    return authorization_response.refuse(asked.to, LoginError("access_denied", description))


async def _fields(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}
