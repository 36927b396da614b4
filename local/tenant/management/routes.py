"""All supported routes of the Management API, with their scopes; any other route answers 501.

It is 501 because Terraform takes 404 for a deleted resource and retries after 500.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.tenant.login import tokens
from local.tenant.management import (
    action_versions,
    actions,
    bindings,
    branding,
    client_credentials,
    client_grants,
    clients,
    connections,
    custom_domains,
    log_streams,
    logs,
    prompts,
    resource_servers,
    rules,
    signing_keys,
    tenant_settings,
    users,
)
from local.tenant.management.answers import ManagementError, error_response
from local.tenant.management.rate_limit import RateLimit
from local.tenant.tenant import Tenant, tenant_of

type Handler = Callable[[Request], Awaitable[Response]]
# Method, path, scopes (any one of them suffices), handler.
type Row = tuple[str, str, str, Handler]

_ROWS: list[Row] = [
    ("GET", "/clients", "read:clients read:client_keys", clients.list_clients),
    ("POST", "/clients", "create:clients", clients.create),
    ("GET", "/clients/{id}", "read:clients read:client_keys", clients.read),
    ("PATCH", "/clients/{id}", "update:clients update:client_keys", clients.update),
    ("DELETE", "/clients/{id}", "delete:clients", clients.delete),
    ("POST", "/clients/{id}/rotate-secret", "update:client_keys", clients.rotate_secret),
    ("GET", "/clients/{id}/credentials", "read:client_credentials", client_credentials.list_credentials),
    ("POST", "/clients/{id}/credentials", "create:client_credentials", client_credentials.create),
    ("GET", "/clients/{id}/credentials/{credential}", "read:client_credentials", client_credentials.read),
    ("PATCH", "/clients/{id}/credentials/{credential}", "update:client_credentials", client_credentials.update),
    ("DELETE", "/clients/{id}/credentials/{credential}", "delete:client_credentials", client_credentials.delete),
    # Auth0's deploy CLI asks for these lists; after 501 it would wait and ask again.
    ("GET", "/connections-directory-provisionings", "read:directory_provisionings", connections.list_provisionings),
    ("GET", "/client-grants", "read:client_grants", client_grants.list_grants),
    ("POST", "/client-grants", "create:client_grants", client_grants.create),
    ("GET", "/client-grants/{id}", "read:client_grants", client_grants.read),
    ("PATCH", "/client-grants/{id}", "update:client_grants", client_grants.update),
    ("DELETE", "/client-grants/{id}", "delete:client_grants", client_grants.delete),
    ("GET", "/resource-servers", "read:resource_servers", resource_servers.list_resource_servers),
    ("POST", "/resource-servers", "create:resource_servers", resource_servers.create),
    ("GET", "/resource-servers/{id:path}", "read:resource_servers", resource_servers.read),
    ("PATCH", "/resource-servers/{id:path}", "update:resource_servers", resource_servers.update),
    ("DELETE", "/resource-servers/{id:path}", "delete:resource_servers", resource_servers.delete),
    ("GET", "/connections", "read:connections", connections.list_connections),
    ("POST", "/connections", "create:connections", connections.create),
    ("GET", "/connections/{id}", "read:connections", connections.read),
    ("PATCH", "/connections/{id}", "update:connections", connections.update),
    ("DELETE", "/connections/{id}", "delete:connections", connections.delete),
    ("GET", "/connections/{id}/clients", "read:connections", connections.list_clients),
    ("PATCH", "/connections/{id}/clients", "update:connections", connections.update_clients),
    ("GET", "/actions/actions", "read:actions", actions.list_actions),
    ("POST", "/actions/actions", "create:actions", actions.create),
    ("GET", "/actions/actions/{id}", "read:actions", actions.read),
    ("PATCH", "/actions/actions/{id}", "update:actions", actions.update),
    ("DELETE", "/actions/actions/{id}", "delete:actions", actions.delete),
    ("POST", "/actions/actions/{id}/deploy", "update:actions", action_versions.deploy_draft),
    ("GET", "/actions/actions/{id}/versions", "read:actions", action_versions.list_versions),
    ("GET", "/actions/actions/{id}/versions/{version}", "read:actions", action_versions.read),
    ("POST", "/actions/actions/{id}/versions/{version}/deploy", "update:actions", action_versions.deploy_again),
    ("GET", "/actions/triggers", "read:actions", bindings.list_triggers),
    ("GET", "/actions/triggers/{trigger}/bindings", "read:actions", bindings.list_bindings),
    ("PATCH", "/actions/triggers/{trigger}/bindings", "update:actions", bindings.update),
    ("GET", "/branding", "read:branding", branding.read),
    ("PATCH", "/branding", "update:branding", branding.update),
    ("GET", "/branding/templates/universal-login", "read:branding", branding.read_template),
    ("PUT", "/branding/templates/universal-login", "update:branding", branding.replace_template),
    ("DELETE", "/branding/templates/universal-login", "delete:branding", branding.delete_template),
    ("GET", "/branding/themes/default", "read:branding", branding.default_theme),
    ("POST", "/branding/themes", "create:branding", branding.create_theme),
    ("GET", "/branding/themes/{id}", "read:branding", branding.read_theme),
    ("PATCH", "/branding/themes/{id}", "update:branding", branding.update_theme),
    ("DELETE", "/branding/themes/{id}", "delete:branding", branding.delete_theme),
    ("GET", "/prompts", "read:prompts", prompts.read),
    ("PATCH", "/prompts", "update:prompts", prompts.update),
    ("GET", "/prompts/{prompt}/custom-text/{language}", "read:prompts", prompts.read_text),
    ("PUT", "/prompts/{prompt}/custom-text/{language}", "update:prompts", prompts.replace_text),
    ("GET", "/prompts/{prompt}/partials", "read:prompts", prompts.read_partials),
    ("GET", "/prompts/rendering", "read:prompts", prompts.list_renderers),
    ("GET", "/tenants/settings", "read:tenant_settings", tenant_settings.read),
    ("PATCH", "/tenants/settings", "update:tenant_settings", tenant_settings.update),
    ("GET", "/attack-protection/{kind}", "read:attack_protection", tenant_settings.read_protection),
    ("PATCH", "/attack-protection/{kind}", "update:attack_protection", tenant_settings.update_protection),
    ("GET", "/custom-domains", "read:custom_domains", custom_domains.list_domains),
    ("POST", "/custom-domains", "create:custom_domains", custom_domains.create),
    ("GET", "/custom-domains/{id}", "read:custom_domains", custom_domains.read),
    ("PATCH", "/custom-domains/{id}", "update:custom_domains", custom_domains.update),
    ("DELETE", "/custom-domains/{id}", "delete:custom_domains", custom_domains.delete),
    ("POST", "/custom-domains/{id}/verify", "create:custom_domains", custom_domains.verify),
    ("GET", "/log-streams", "read:log_streams", log_streams.list_streams),
    ("POST", "/log-streams", "create:log_streams", log_streams.create),
    ("GET", "/log-streams/{id}", "read:log_streams", log_streams.read),
    ("PATCH", "/log-streams/{id}", "update:log_streams", log_streams.update),
    ("DELETE", "/log-streams/{id}", "delete:log_streams", log_streams.delete),
    ("GET", "/logs", "read:logs", logs.list_logs),
    ("GET", "/logs/{id}", "read:logs", logs.read),
    ("GET", "/keys/signing", "read:signing_keys", signing_keys.list_keys),
    ("GET", "/keys/signing/{kid}", "read:signing_keys", signing_keys.read),
    ("POST", "/keys/signing/rotate", "create:signing_keys update:signing_keys", signing_keys.rotate),
    ("PUT", "/keys/signing/{kid}/revoke", "update:signing_keys", signing_keys.revoke),
    ("GET", "/users", "read:users", users.list_users),
    ("GET", "/users-by-email", "read:users", users.list_by_email),
    ("GET", "/users/{id}", "read:users", users.read),
    ("DELETE", "/users/{id}", "delete:users", users.delete),
    ("GET", "/users/{id}/roles", "read:users read:roles", users.list_roles),
    ("GET", "/users/{id}/permissions", "read:users", users.list_permissions),
    ("GET", "/rules", "read:rules", rules.list_rules),
]
# These scopes open parts of other routes' answers, not routes.
_FURTHER_SCOPES = {clients.SECRETS_SCOPE, connections.OPTIONS_SCOPE, connections.CHANGE_OPTIONS_SCOPE}


def all_scopes() -> list[str]:
    """Return all scopes that the routes require."""
    return sorted(_FURTHER_SCOPES.union(*(scopes.split() for _, _, scopes, _ in _ROWS)))


def routes(requests_per_second: int | None = None) -> list[Route]:
    """Return the routes, guarded, with one rate limit for all of them; it refuses above `requests_per_second`."""
    limit = RateLimit(refusing_above=requests_per_second)
    played = [
        Route(f"/api/v2{path}", _guarded(limit, scopes.split(), handler), methods=[method])
        for method, path, scopes, handler in _ROWS
    ]
    everything = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return [*played, Route("/api/v2/{path:path}", _guarded(limit, [], _not_played), methods=everything)]


def _guarded(limit: RateLimit, scopes: list[str], handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        headers = limit.headers()
        try:
            _check_limit(limit)
            _check_token(tenant_of(request), request, scopes)
            response = await handler(request)
        except ManagementError as error:
            response = error_response(error)
        response.headers.update(headers)
        return response

    answer.__name__ = f"management.{handler.__module__.rpartition('.')[2]}.{handler.__name__}"
    return answer


def _check_limit(limit: RateLimit) -> None:
    if limit.is_exceeded:
        raise ManagementError(429, "Global limit has been reached", "too_many_requests")


def _check_token(tenant: Tenant, request: Request, scopes: list[str]) -> None:
    """Accept a token of the Management API that has one of the scopes, and keep its scopes for the handler."""
    token = tokens.bearer(request.headers.get("authorization", ""))
    if not token:
        raise ManagementError(401, "Missing authentication", None)
    claims = tokens.verify(tenant, token, tenant.listeners.management_audiences())
    if claims is None:
        raise ManagementError(401, "Invalid token", None)
    held = set(str(claims.get("scope", "")).split())
    if scopes and not held.intersection(scopes):
        raise ManagementError(403, f"Insufficient scope, expected any of: {','.join(scopes)}", "insufficient_scope")
    request.state.scopes = held


async def _not_played(request: Request) -> Response:
    message = f"The local tenant does not play {request.method} {request.url.path}"
    raise ManagementError(501, message, "not_implemented")
