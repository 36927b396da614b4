"""The second half of a sign-in: ask for consent if needed, run the Actions, and answer the application."""

import time
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.errors import LoginError
from local.tenant.login import grants, tokens
from local.tenant.login.authentication import Authentication
from local.tenant.login.logins import Login, log_in
from local.tenant.sign_in import authorization_codes, authorization_response, consents, pending_logins
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.store import Document
from local.tenant.tenant import Tenant


async def complete(
    tenant: Tenant,
    request: Request,
    client: Document,
    asked: AuthorizationRequest,
    session: Authentication,
    *,
    is_silent: bool,
) -> Response:
    """Send the browser to the consent page if the user must agree first; otherwise answer the application.

    `is_silent`: the browser's session answers, and the user has seen no page.
    """
    try:
        asks = _must_ask(tenant, client, asked, session.user, is_silent=is_silent)
    except LoginError as error:
        return authorization_response.refuse(asked.to, error)
    if asks:
        login_id, browser = pending_logins.keep(tenant, request, asked, session.session_id)
        return pending_logins.lead_to(request, f"/u/consent?{urlencode({'state': login_id})}", browser)
    return await answer(tenant, request, client, asked, session)


async def answer(
    tenant: Tenant, request: Request, client: Document, asked: AuthorizationRequest, session: Authentication
) -> Response:
    """Run the Actions and send the application a code, tokens or an error."""
    try:
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
    except LoginError as error:
        return authorization_response.refuse(asked.to, error)
    if asked.response_types == ["code"]:
        values = {"code": authorization_codes.issue(tenant.store, asked, login, time.time())}
    else:
        values = _implicit_answer(tenant, tenant.listeners.issuer(request), asked, login, client)
    return authorization_response.send(asked.to, values)


def _must_ask(
    tenant: Tenant, client: Document, asked: AuthorizationRequest, user: Document, *, is_silent: bool
) -> bool:
    """Return whether the user must agree first; raise LoginError if the request forbids pages (`prompt=none`)."""
    needs_consent = bool(consents.to_ask_for(tenant, client, asked, user))
    if not needs_consent and not (is_silent and consents.needs_confirmation(tenant, client, asked)):
        return False
    if "none" not in asked.prompts:
        return True
    # OpenID Connect Core §3.1.2.6
    if needs_consent:
        raise LoginError("consent_required", "Consent required")
    raise LoginError("interaction_required", "A callback URL that cannot be verified needs a confirmation.")


def _transaction(asked: AuthorizationRequest) -> dict[str, Any]:
    """Return `event.transaction` for the Actions."""
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


def _implicit_answer(
    tenant: Tenant, issuer: str, asked: AuthorizationRequest, login: Login, client: Document
) -> dict[str, str]:
    """Return the tokens of RFC 6749 §4.2.2 and OpenID Connect Core §3.2.2.5; never a refresh token."""
    values: dict[str, str] = {}
    if "token" in asked.response_types:
        token, lifetime = tokens.access_token(tenant, issuer, login, browser=True)
        values |= {"access_token": token, "expires_in": str(lifetime), "token_type": "Bearer"}
        values |= {"scope": " ".join(login.scopes)}
    if "id_token" in asked.response_types:
        values["id_token"] = tokens.id_token(tenant, issuer, login, client, access_token=values.get("access_token"))
    return values
