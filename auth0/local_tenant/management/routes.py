"""Every route of the Management API that is played, with the scope it needs; any other answers 501.

501, because 404 tells Terraform that a resource is gone and 500 makes it try again.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_tenant import tokens
from local_tenant.management import (
    actions,
    client_grants,
    clients,
    connections,
    resource_servers,
    signing_keys,
    tenant_settings,
)
from local_tenant.management.answers import ManagementError, error_response
from local_tenant.tenant import Tenant, tenant_of

type Handler = Callable[[Request], Awaitable[Response]]
type Row = tuple[str, str, str, Handler]

_TABLE: list[Row] = [
    ("GET", "/clients", "read:clients", clients.list_clients),
    ("POST", "/clients", "create:clients", clients.create),
    ("GET", "/clients/{id}", "read:clients", clients.read),
    ("PATCH", "/clients/{id}", "update:clients", clients.update),
    ("DELETE", "/clients/{id}", "delete:clients", clients.delete),
    ("POST", "/clients/{id}/rotate-secret", "update:client_keys", clients.rotate_secret),
    ("GET", "/clients/{id}/credentials", "read:client_credentials", clients.list_credentials),
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
    ("POST", "/actions/actions/{id}/deploy", "update:actions", actions.deploy),
    ("GET", "/actions/triggers/{trigger}/bindings", "read:actions", actions.list_bindings),
    ("PATCH", "/actions/triggers/{trigger}/bindings", "update:actions", actions.update_bindings),
    ("GET", "/keys/signing", "read:signing_keys", signing_keys.list_keys),
    ("GET", "/keys/signing/{kid}", "read:signing_keys", signing_keys.read),
    ("POST", "/keys/signing/rotate", "create:signing_keys", signing_keys.rotate),
    ("PUT", "/keys/signing/{kid}/revoke", "update:signing_keys", signing_keys.revoke),
    ("GET", "/custom-domains", "read:custom_domains", tenant_settings.custom_domains),
    ("GET", "/branding/themes/default", "read:branding", tenant_settings.default_theme),
    ("POST", "/branding/themes", "create:branding", tenant_settings.create_theme),
    ("GET", "/branding/themes/{id}", "read:branding", tenant_settings.read_theme),
    ("PATCH", "/branding/themes/{id}", "update:branding", tenant_settings.update_theme),
    ("DELETE", "/branding/themes/{id}", "delete:branding", tenant_settings.delete_theme),
]
_SETTINGS_SCOPES = {"tenants": "tenant_settings", "branding": "branding", "prompts": "prompts"}


def _settings_rows() -> list[Row]:
    rows: list[Row] = []
    for path in tenant_settings.paths():
        noun = _SETTINGS_SCOPES.get(path.partition("/")[0], "attack_protection")
        rows.append(("GET", f"/{path}", f"read:{noun}", tenant_settings.read))
        rows.append(("PATCH", f"/{path}", f"update:{noun}", tenant_settings.update))
    return rows


_ROWS = [*_TABLE, *_settings_rows()]


def all_scopes() -> list[str]:
    """Return every scope that some route needs."""
    return sorted({scope for _, _, scope, _ in _ROWS})


def routes() -> list[Route]:
    """Return the routes, guarded."""
    played = [
        Route(f"/api/v2{path}", _guarded(scope, handler), methods=[method]) for method, path, scope, handler in _ROWS
    ]
    everything = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return [*played, Route("/api/v2/{path:path}", _guarded(None, _not_played), methods=everything)]


def _guarded(scope: str | None, handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        try:
            _check_token(tenant_of(request), request, scope)
            return await handler(request)
        except ManagementError as error:
            return error_response(error)

    answer.__name__ = f"management.{handler.__module__.rpartition('.')[2]}.{handler.__name__}"
    return answer


def _check_token(tenant: Tenant, request: Request, scope: str | None) -> None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise ManagementError(401, "Missing authentication", "missing_authentication")
    claims = tokens.verify(tenant, token.strip(), tenant.listeners.management_audiences())
    if claims is None:
        raise ManagementError(401, "Invalid token", "invalid_token")
    if scope is not None and scope not in claims["scope"].split():
        raise ManagementError(403, f"Insufficient scope, expected any of: {scope}", "insufficient_scope")


async def _not_played(request: Request) -> Response:
    message = f"The local tenant does not play {request.method} {request.url.path}"
    raise ManagementError(501, message, "not_implemented")
