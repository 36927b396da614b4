"""GET and POST /u/consent: the user agrees to the application's scopes, or declines."""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import LoginError, PageError
from local.tenant.pages import page
from local.tenant.sign_in import authorization_response, completion, consents, pending_logins, sessions
from local.tenant.sign_in.parameters import read_parameters
from local.tenant.tenant import tenant_of


async def consent(request: Request) -> Response:
    """Show the page; after the form, remember the consent and answer the application."""
    tenant = tenant_of(request)
    pending = pending_logins.find(tenant, request)
    client, asked = pending.client, pending.asked
    session = sessions.current(tenant, request)
    if session is None or session.session_id != pending.session_id:
        raise PageError("You are not signed in any more", "Go back and sign in again.")
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
            csrf=pending.csrf,
        )
    fields = await read_parameters(request)
    pending_logins.finish(tenant, pending, fields.get("csrf", ""))
    if fields.get("decision") != "accept":
        return authorization_response.decline(asked.to, "User did not authorize the request")
    consents.give(tenant, client, asked, session.user, scopes)
    return await completion.answer(tenant, request, client, asked, session)
