"""POST /oauth/token and POST /oauth/revoke."""

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import authorization_codes, client_authentication, cross_origin, refresh_tokens, tokens
from local_tenant.errors import LoginError, OAuthError
from local_tenant.logins import Authentication, Login, log_in
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749 §5.1


async def token(request: Request) -> Response:
    """Give tokens for a code, a refresh token or an application's own credentials."""
    tenant = tenant_of(request)
    if request.method == "OPTIONS":
        return cross_origin.preflight(tenant, request)
    client: Document | None = None
    try:
        fields = await client_authentication.read_fields(request)
        client = client_authentication.identify(tenant, request, fields)
        client_authentication.prove(request, fields, client)
        answer = await _grant(tenant, request, fields, client)
        response: Response = JSONResponse(answer, headers=_NO_STORE)
    except OAuthError as error:
        response = oauth_error(error)
    return cross_origin.expose(request, response, client)


async def revoke(request: Request) -> Response:
    """Revoke a refresh token (RFC 7009); an unknown one is no error."""
    tenant = tenant_of(request)
    if request.method == "OPTIONS":
        return cross_origin.preflight(tenant, request)
    client: Document | None = None
    try:
        fields = await client_authentication.read_fields(request)
        client = client_authentication.identify(tenant, request, fields)
        client_authentication.prove(request, fields, client)
        refresh_tokens.revoke(tenant.store, _required(fields, "token"), client)
        response = Response(status_code=200)
    except OAuthError as error:
        response = oauth_error(error)
    return cross_origin.expose(request, response, client)


def oauth_error(error: OAuthError) -> Response:
    """Return the JSON form of an error."""
    body = {"error": error.error, "error_description": error.description}
    return JSONResponse(body, error.status, headers=_NO_STORE)


async def _grant(tenant: Tenant, request: Request, fields: dict[str, str], client: Document) -> dict[str, Any]:
    grant_type = _required(fields, "grant_type")
    grants = {
        "authorization_code": _from_code,
        "refresh_token": _from_refresh_token,
        "client_credentials": _from_client_credentials,
    }
    if grant_type not in grants:
        raise OAuthError("unsupported_grant_type", f"Unsupported grant type: {grant_type}")
    if grant_type not in client["grant_types"]:
        raise OAuthError("unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.", 403)
    return await grants[grant_type](tenant, request, fields, client)


async def _from_code(tenant: Tenant, request: Request, fields: dict[str, str], client: Document) -> dict[str, Any]:
    code, now = _required(fields, "code"), time.time()
    try:
        login = authorization_codes.redeem(
            tenant.store.codes, code, client, fields.get("redirect_uri"), fields.get("code_verifier"), now
        )
    except authorization_codes.CodeReplayedError as replay:
        if replay.refresh_family is not None:  # RFC 6749 §4.1.2
            refresh_tokens.end_family(tenant.store, replay.refresh_family)
        raise
    answer = _tokens(tenant, request, login, client)
    if "offline_access" in login.scopes:
        family, answer["refresh_token"] = refresh_tokens.begin_family(tenant.store, login, client, now)
        authorization_codes.remember_family(tenant.store.codes, code, family)
    return answer


async def _from_refresh_token(
    tenant: Tenant, request: Request, fields: dict[str, str], client: Document
) -> dict[str, Any]:
    given, now = _required(fields, "refresh_token"), time.time()
    family, login = refresh_tokens.use(tenant.store, given, client, now)
    wanted = fields.get("scope", "").split() or login.requested_scopes
    wanted = [scope for scope in wanted if scope in login.requested_scopes]  # RFC 6749 §6: never more than at first
    user = tenant.store.users.get(login.user_id)
    connection = tenant.store.connections.get(login.connection_id)
    if user is None or connection is None:
        raise OAuthError("invalid_grant", "Unknown or invalid refresh token.", 403)
    try:
        login = await log_in(
            tenant,
            request,
            client,
            Authentication(user, connection, login.session_id, login.auth_time),
            audience=login.audience,
            requested_scopes=wanted,
            nonce=None,  # OpenID Connect Core §12.2: a refreshed ID token need not have one
            transaction={"protocol": "oauth2-refresh-token"},
        )
    except LoginError as error:
        refresh_tokens.give_back(tenant.store, given)
        raise OAuthError(error.error, error.description, 403) from error
    answer = _tokens(tenant, request, login, client, refreshed=True)
    if client["refresh_token"]["rotation_type"] == "rotating":
        answer["refresh_token"] = refresh_tokens.next_token(tenant.store, family, given, client, now)
    return answer


async def _from_client_credentials(
    tenant: Tenant, request: Request, fields: dict[str, str], client: Document
) -> dict[str, Any]:
    if client.get("token_endpoint_auth_method") == "none":
        raise OAuthError("unauthorized_client", "A public client has no credentials of its own.", 403)
    audience = _required(fields, "audience")
    own = audience in tenant.listeners.management_audiences()
    api = None if own else tenant.store.resource_servers.find(identifier=audience)
    if api is None and not own:
        raise OAuthError("access_denied", f"Service not enabled within domain: {audience}", 403)
    granted_for = tenant.listeners.management_audience if own else audience
    grant = tenant.store.client_grants.find(client_id=client["client_id"], audience=granted_for, subject_type="client")
    if grant is None:
        message = f'Client is not authorized to access "{audience}". Create a client-grant for it.'
        raise OAuthError("access_denied", message, 403)
    allowed = (
        grant["scope"] if not grant.get("allow_all_scopes") else [row["value"] for row in (api or {}).get("scopes", [])]
    )
    wanted = fields.get("scope", "").split() or allowed
    scopes = [scope for scope in wanted if scope in allowed]
    issuer = tenant.listeners.issuer(request)
    return {
        "access_token": tokens.application_token(tenant, issuer, client["client_id"], audience, api, scopes),
        "scope": " ".join(scopes),
        "expires_in": tokens.lifetime_seconds(api),
        "token_type": "Bearer",
    }


def _tokens(
    tenant: Tenant, request: Request, login: Login, client: Document, *, refreshed: bool = False
) -> dict[str, Any]:
    issuer = tenant.listeners.issuer(request)
    access, lifetime = tokens.access_token(tenant, issuer, login, refreshed=refreshed)
    answer: dict[str, Any] = {"access_token": access, "expires_in": lifetime, "token_type": "Bearer"}
    if "openid" in login.scopes:
        answer["id_token"] = tokens.id_token(tenant, issuer, login, client)
    answer["scope"] = " ".join(login.scopes)
    return answer


def _required(fields: dict[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise OAuthError("invalid_request", f"Missing required parameter: {name}")
    return value
