"""APIs: /resource-servers, found by id or by identifier."""

from urllib.parse import unquote

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

_IDS = ("id", "identifier")
# Without these no token can be made: a null leaves them as they were.
_NEEDED = (
    "allow_offline_access",
    "signing_alg",
    "subject_type_authorization",
    "token_lifetime",
    "token_lifetime_for_web",
)
_SIGNING_ALGORITHMS = ("HS256", "RS256")
_MINIMUM_SECRET_LENGTH = 16


def new_resource_server(body: Document) -> Document:
    """Return a fresh API: Auth0's defaults under what the body says."""
    defaults: Document = {
        "id": identifiers.object_id(),
        "identifier": text_field(body, "identifier"),
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": {"client": {"policy": "require_client_grant"}, "user": {"policy": "allow_all"}},
        "token_lifetime": 86400,
        "token_lifetime_for_web": 7200,
        "signing_alg": "RS256",
    }
    return _complete(merged(defaults, body))


def _complete(api: Document) -> Document:
    """Return an API with the secret that HS256 needs; raise ManagementError(400) for what this tenant cannot sign."""
    check_lists(api, ("scopes",), dict)
    check_objects(api, ("subject_type_authorization",))
    for scope in api.get("scopes", []):
        text_field(scope, "value")
    if api["signing_alg"] not in _SIGNING_ALGORITHMS:
        message = f"The local tenant signs with HS256 or RS256, not {api['signing_alg']}."
        raise ManagementError(400, message, "invalid_body")
    if api["signing_alg"] == "HS256" and "signing_secret" not in api:
        api["signing_secret"] = identifiers.alphanumeric(32)
    if len(api.get("signing_secret", " " * _MINIMUM_SECRET_LENGTH)) < _MINIMUM_SECRET_LENGTH:
        raise ManagementError(400, "The signing_secret must have at least 16 characters.", "invalid_body")
    return api


def _find(tenant: Tenant, request: Request) -> Document:
    """Return the API of the path: an id, an identifier, or an identifier that was escaped twice."""
    name = request.path_params["id"]
    collection = tenant.store.resource_servers
    api = collection.get(name) or collection.find(identifier=name) or collection.find(identifier=unquote(name))
    if api is None:
        raise ManagementError(404, "The resource server does not exist", "inexistent_resource_server")
    return api


async def list_resource_servers(request: Request) -> Response:
    """GET /resource-servers, all or those with the given `identifiers`."""
    wanted = request.query_params.getlist("identifiers")
    rows = tenant_of(request).store.resource_servers.values()
    return listing(request, "resource_servers", [row for row in rows if not wanted or row["identifier"] in wanted])


async def create(request: Request) -> Response:
    """POST /resource-servers."""
    store = tenant_of(request).store
    body = await read_object(request)
    api = new_resource_server(body)
    if store.resource_servers.find(identifier=api["identifier"]):
        message = "A resource server with the same identifier already exists"
        raise ManagementError(409, message, "duplicate_resource_server")
    store.resource_servers.put(api["id"], api)
    return JSONResponse(api, 201)


async def read(request: Request) -> Response:
    """GET /resource-servers/{id}."""
    return JSONResponse(chosen_fields(request, _find(tenant_of(request), request), _IDS))


async def update(request: Request) -> Response:
    """PATCH /resource-servers/{id}; answers 200, whatever Auth0's OpenAPI document says."""
    tenant = tenant_of(request)
    body = await read_object(request)
    known = _find(tenant, request)
    fixed = {"id": known["id"], "identifier": known["identifier"]}
    needed = {name: known[name] for name in _NEEDED}
    api = {**_complete({**needed, **merged(known, body)}), **fixed}
    tenant.store.resource_servers.put(api["id"], api)
    return JSONResponse(api)


async def delete(request: Request) -> Response:
    """DELETE /resource-servers/{id}: the grants for the API go with it."""
    tenant = tenant_of(request)
    api = _find(tenant, request)
    tenant.store.resource_servers.delete(api["id"])
    for grant in tenant.store.client_grants.values():
        if grant["audience"] == api["identifier"]:
            tenant.store.client_grants.delete(grant["id"])
    return Response(status_code=204)
