"""The three grant types of the token endpoint."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request

from local.tenant import auth_method
from local.tenant.errors import LoginError, OAuthError
from local.tenant.login import grants, permissions, restrictions, tokens
from local.tenant.login.action_event import REFRESH_PROTOCOL
from local.tenant.login.authentication import Authentication
from local.tenant.login.logins import Login, log_in
from local.tenant.sign_in import authorization_codes
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.token_endpoint import refresh_tokens, token_quota
from local.tenant.token_endpoint.request_body import required

type Grant = Callable[[Tenant, Request, dict[str, str], Document], Awaitable[dict[str, Any]]]


async def from_code(tenant: Tenant, request: Request, fields: dict[str, str], client: Document) -> dict[str, Any]:
    """Exchange an authorization code (RFC 6749 §4.1.3); a replay ends the grant (§4.1.2)."""
    code, now = required(fields, "code"), time.time()
    try:
        login = authorization_codes.redeem(
            tenant.store, code, client, fields.get("redirect_uri"), fields.get("code_verifier"), now
        )
    except authorization_codes.CodeReplayedError as replay:
        grants.end(tenant.store, replay.grant_id)
        raise
    answer = _tokens(tenant, request, login, client)
    if "offline_access" in login.scopes:
        answer["refresh_token"] = refresh_tokens.begin_family(tenant.store, login, client, now)
    return answer


async def from_refresh_token(
    tenant: Tenant, request: Request, fields: dict[str, str], client: Document
) -> dict[str, Any]:
    """Exchange a refresh token (RFC 6749 §6); the Actions run again, so they decide the scopes again."""
    given, now = required(fields, "refresh_token"), time.time()
    used = refresh_tokens.use(tenant.store, given, client, now)
    try:
        login = await _continued(tenant, request, used, fields, client)
    except LoginError as error:
        refresh_tokens.give_back(tenant.store, given)
        raise OAuthError(error.error, error.description, 403) from error
    answer = _tokens(tenant, request, login, client, refreshed=True)
    following = refresh_tokens.next_token(tenant.store, used, client, now)
    return answer if following is None else {**answer, "refresh_token": following}


async def from_client_credentials(
    tenant: Tenant, request: Request, fields: dict[str, str], client: Document
) -> dict[str, Any]:
    """Give an application its own token (RFC 6749 §4.4), within its grant for the API."""
    if auth_method.of(client) == "none":
        raise OAuthError("unauthorized_client", "A public client has no credentials of its own.", 403)
    audience = fields.get("audience") or permissions.default_audience(tenant)
    if not audience:
        message = "No audience parameter was provided, and no default audience has been configured"
        raise OAuthError("access_denied", message, 403)
    if "organization" in fields:
        raise OAuthError("invalid_request", "The local tenant has no organizations.")
    api, allowed = _granted_scopes(tenant, client, audience)
    scopes = list(dict.fromkeys(fields.get("scope", "").split())) or allowed
    beyond = [scope for scope in scopes if scope not in allowed]
    if beyond:
        raise OAuthError("access_denied", f"Client has not been granted scopes: {', '.join(beyond)}", 403)
    token_quota.count_token(tenant, client, time.time())
    issuer = tenant.listeners.issuer(request)
    token, lifetime = tokens.application_token(tenant, issuer, client["client_id"], audience, api, scopes)
    return _bearer(token, lifetime, scopes)


GRANTS: dict[str, Grant] = {
    "authorization_code": from_code,
    "refresh_token": from_refresh_token,
    "client_credentials": from_client_credentials,
}


async def _continued(
    tenant: Tenant, request: Request, used: refresh_tokens.Use, fields: dict[str, str], client: Document
) -> Login:
    """Return the login as it is now: the same user and API, and no scope beyond those first requested."""
    login = used.login
    wanted = fields["scope"].split() if "scope" in fields else login.requested_scopes
    user = tenant.store.users.get(login.user_id)
    connection = tenant.store.connections.get(login.connection_id)
    if user is None or connection is None:
        raise OAuthError("invalid_grant", "Unknown or invalid refresh token.", 403)
    return await log_in(
        tenant,
        request,
        client,
        Authentication(user, connection, login.session_id, login.auth_time),
        grant_id=login.grant_id,
        # Always name an audience, so that a default audience set later has no effect.
        audience=login.audience or f"{tenant.listeners.issuer(request)}userinfo",
        requested_scopes=[name for name in wanted if name in login.requested_scopes],
        tells_auth_time=login.tells_auth_time,  # OpenID Connect Core §12.2: the time of the first sign-in, no nonce
        transaction={"protocol": REFRESH_PROTOCOL},
        body=fields,
        refresh_token=used.event,
    )


def _granted_scopes(tenant: Tenant, client: Document, audience: str) -> tuple[Document | None, list[str]]:
    """Return the API (None: the Management API), and the scopes that the application may have."""
    own = audience in tenant.listeners.management_audiences()
    api = None if own else tenant.store.resource_servers.find(identifier=audience)
    if api is None and not own:
        raise OAuthError("access_denied", f"Service not enabled within domain: {audience}", 403)
    granted_for = tenant.listeners.management_audience if own else audience
    grant = tenant.store.client_grants.find(client_id=client["client_id"], audience=granted_for, subject_type="client")
    if grant is None or (api is not None and permissions.api_policy(api, "client") != "require_client_grant"):
        message = f'Client is not authorized to access "{audience}". Create a client-grant for it.'
        raise OAuthError("access_denied", message, 403)
    if "require" in (grant.get("organization_usage"), client.get("organization_usage")):
        raise OAuthError("access_denied", "The grant needs an organization, and the local tenant has none.", 403)
    if api is not None:
        if problem := restrictions.why_no_token(api, client):
            raise OAuthError("access_denied", problem, 403)
        return api, permissions.scopes_of_grant(api, grant)
    return None, list(tenant.management_scopes) if grant.get("allow_all_scopes") else list(grant["scope"])


def _tokens(
    tenant: Tenant, request: Request, login: Login, client: Document, *, refreshed: bool = False
) -> dict[str, Any]:
    issuer = tenant.listeners.issuer(request)
    answer = _bearer(*tokens.access_token(tenant, issuer, login, refreshed=refreshed), login.scopes)
    if "openid" in login.scopes:
        answer["id_token"] = tokens.id_token(tenant, issuer, login, client)
    return answer


def _bearer(token: str, lifetime: int, scopes: list[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}
    return {**answer, "scope": " ".join(scopes)} if scopes else answer
