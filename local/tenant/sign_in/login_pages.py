"""The pages on which a user signs in: choose a connection at /u/login, then a person at /u/identity-provider."""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import PageError
from local.tenant.pages import page
from local.tenant.sign_in import (
    authorization_response,
    completion,
    identity_provider,
    pending_logins,
    sessions,
)
from local.tenant.sign_in.parameters import read_parameters
from local.tenant.tenant import tenant_of
from local.tenant.tenant_settings import settings_of


async def login(request: Request) -> Response:
    """GET /u/login: a button for each connection of the application."""
    tenant = tenant_of(request)
    pending = pending_logins.find(tenant, request)
    look = tenant.look()
    names = {
        "clientName": pending.client["name"],
        "companyName": settings_of(tenant).get("friendly_name", "this tenant"),
    }
    buttons = [
        {
            "letter": identity_provider.title(row)[:1].upper(),
            "text": look.text("federatedConnectionButtonText", connectionName=identity_provider.title(row), **names),
            "url": identity_provider.path(row, pending.login_id),
        }
        for row in tenant.connections_of(pending.client["client_id"])
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
    """GET and POST /u/identity-provider/{connection}: choose a person on the page that replaces the provider."""
    tenant = tenant_of(request)
    pending = pending_logins.find(tenant, request)
    asked, hint = pending.asked, pending.asked.login_hint or ""
    connection = tenant.connection_of(pending.client["client_id"], request.path_params["connection"])
    if connection is None:
        raise PageError("Unknown connection", "The connection is not enabled for this application.", 404)
    if request.method != "POST":
        return identity_provider.show(tenant.store, connection, pending.csrf, asked.to.origin, login_hint=hint)
    fields = await read_parameters(request)
    if "cancel" in fields:
        pending_logins.finish(tenant, pending, fields.get("csrf", ""))
        return authorization_response.decline(asked.to, "User has canceled the interaction.")
    person = identity_provider.chosen_person(tenant.store, fields)
    if isinstance(person, str):
        return identity_provider.show(
            tenant.store, connection, pending.csrf, asked.to.origin, login_hint=hint, problem=person
        )
    pending_logins.finish(tenant, pending, fields.get("csrf", ""))
    user = identity_provider.record_login(tenant.store, connection, person)
    cookie, session = sessions.start(tenant, request, user, connection)
    response = await completion.complete(tenant, request, pending.client, asked, session, is_silent=False)
    sessions.remember(tenant, request, response, cookie)
    return response
