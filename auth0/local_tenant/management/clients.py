"""Applications: /clients."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import identifiers
from local_tenant.management.answers import (
    ManagementError,
    check_lists,
    check_objects,
    chosen_fields,
    listing,
    merged,
    read_object,
    text_field,
)
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of

_IDS = ("client_id",)
_LISTS = ("callbacks", "allowed_logout_urls", "web_origins", "allowed_origins", "grant_types")
_OBJECTS = ("jwt_configuration", "refresh_token", "client_metadata")
_DAY = 86400
# Applications whose kind says that they keep a secret get long refresh tokens; the others thirty days.
_CONFIDENTIAL_METHODS = ("client_secret_post", "client_secret_basic")


def new_client(body: Document, certificate: str) -> Document:
    """Return a fresh application: Auth0's defaults under what the body says."""
    public = body.get("token_endpoint_auth_method") == "none"
    confidential = body.get("token_endpoint_auth_method") in _CONFIDENTIAL_METHODS
    refresh_token = {
        "rotation_type": "non-rotating",
        "expiration_type": "non-expiring",
        "leeway": 0,
        "token_lifetime": 31557600 if confidential else 30 * _DAY,
        "infinite_token_lifetime": True,
        "infinite_idle_token_lifetime": True,
        "idle_token_lifetime": 30 * _DAY if confidential else 15 * _DAY,
    }
    defaults: Document = {
        "name": text_field(body, "name"),
        "client_id": identifiers.client_id(),
        "client_secret": identifiers.secret(),
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": False,
        "jwt_configuration": {"secret_encoded": False, "lifetime_in_seconds": 36000},
        "signing_keys": [{"cert": certificate}],
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "grant_types": ["authorization_code", "implicit", "refresh_token", *([] if public else ["client_credentials"])],
        "custom_login_page_on": True,
        "refresh_token": refresh_token,
    }
    return _merge(defaults, body)


def _merge(client: Document, changes: Document) -> Document:
    # A string in place of a list would turn "is one of the callbacks" into "is part of the text".
    check_lists(changes, _LISTS)
    check_objects(changes, _OBJECTS)
    result = merged(client, changes)
    if changes.get("client_metadata"):
        result["client_metadata"] = merged(client.get("client_metadata", {}), changes["client_metadata"])
    for name in ("jwt_configuration", "refresh_token"):  # a null inside or instead changes nothing
        given = {key: value for key, value in (changes.get(name) or {}).items() if value is not None}
        result[name] = {**client[name], **given}
    for name in ("name", "client_secret"):
        result.setdefault(name, client[name])
    result["client_id"] = client["client_id"]
    result["grant_types"] = result.get("grant_types", [])
    return result


def _find(tenant: Tenant, request: Request) -> Document:
    client = tenant.client(request.path_params["id"])
    if client is None:
        raise ManagementError(404, "The client does not exist", "inexistent_client")
    return client


async def list_clients(request: Request) -> Response:
    """GET /clients."""
    rows = [chosen_fields(request, row, _IDS) for row in tenant_of(request).store.clients.values()]
    return listing(request, "clients", rows)


async def create(request: Request) -> Response:
    """POST /clients."""
    tenant = tenant_of(request)
    body = await read_object(request)
    client = new_client(body, tenant.keys.current_certificate())
    tenant.store.clients.put(client["client_id"], client)
    return JSONResponse(client, 201)


async def read(request: Request) -> Response:
    """GET /clients/{id}."""
    return JSONResponse(chosen_fields(request, _find(tenant_of(request), request), _IDS))


async def update(request: Request) -> Response:
    """PATCH /clients/{id}."""
    tenant = tenant_of(request)
    body = await read_object(request)
    client = _merge(_find(tenant, request), body)
    tenant.store.clients.put(client["client_id"], client)
    return JSONResponse(client)


async def delete(request: Request) -> Response:
    """DELETE /clients/{id}: its grants and its place in connections go with it."""
    store = tenant_of(request).store
    client_id = request.path_params["id"]
    store.clients.delete(client_id)
    for grant in store.client_grants.values():
        if grant["client_id"] == client_id:
            store.client_grants.delete(grant["id"])
    for row in store.connections.values():
        if client_id in row["enabled_clients"]:
            row["enabled_clients"].remove(client_id)
            store.connections.put(row["id"], row)
    return Response(status_code=204)


async def rotate_secret(request: Request) -> Response:
    """POST /clients/{id}/rotate-secret."""
    tenant = tenant_of(request)
    client = {**_find(tenant, request), "client_secret": identifiers.secret()}
    tenant.store.clients.put(client["client_id"], client)
    return JSONResponse(client)


async def list_credentials(request: Request) -> Response:
    """GET /clients/{id}/credentials: none, since private_key_jwt is not played; a bare list in any case."""
    _find(tenant_of(request), request)
    return JSONResponse([])
