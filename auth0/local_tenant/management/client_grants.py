"""Which application may call which API, and with which scopes: /client-grants."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import identifiers
from local_tenant.management.answers import ManagementError, check_lists, listing, merged, read_object, text_field
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of


def new_client_grant(body: Document) -> Document:
    """Return a fresh grant; without a `subject_type` it is for the application itself."""
    grant = merged(
        {
            "id": identifiers.prefixed("cgr"),
            "client_id": text_field(body, "client_id"),
            "audience": text_field(body, "audience"),
            "scope": [],
            "subject_type": "client",
        },
        body,
    )
    return _without_ignored_scopes(grant)


def _without_ignored_scopes(grant: Document) -> Document:
    check_lists(grant, ("scope",))
    if grant.get("allow_all_scopes"):
        grant.pop("scope", None)
        return grant
    return {**grant, "scope": grant.get("scope", [])}


async def list_grants(request: Request) -> Response:
    """GET /client-grants, all or those of a `client_id`, `audience` or `subject_type`."""
    query = request.query_params
    rows = [
        row
        for row in tenant_of(request).store.client_grants.values()
        if all(query.get(name) in (None, row[name]) for name in ("client_id", "audience", "subject_type"))
    ]
    return listing(request, "client_grants", rows)


async def create(request: Request) -> Response:
    """POST /client-grants; 409 when there is one already."""
    tenant = tenant_of(request)
    body = await read_object(request)
    grant = new_client_grant(body)
    if tenant.client(grant["client_id"]) is None:
        raise ManagementError(404, "The client does not exist", "inexistent_client")
    api = tenant.store.resource_servers.find(identifier=grant["audience"])
    if api is None and grant["audience"] != tenant.listeners.management_audience:
        raise ManagementError(404, "The resource server does not exist", "inexistent_resource_server")
    same = {name: grant[name] for name in ("client_id", "audience", "subject_type")}
    if tenant.store.client_grants.find(**same):
        raise ManagementError(409, "A resource with the same parameters already exists", "client_grant_conflict")
    tenant.store.client_grants.put(grant["id"], grant)
    return JSONResponse(grant, 201)


async def read(request: Request) -> Response:
    """GET /client-grants/{id}."""
    return JSONResponse(_find(tenant_of(request), request))


async def update(request: Request) -> Response:
    """PATCH /client-grants/{id}."""
    tenant = tenant_of(request)
    body = await read_object(request)
    grant = _find(tenant, request)
    fixed = {name: grant[name] for name in ("id", "client_id", "audience", "subject_type")}
    grant = _without_ignored_scopes({**merged(grant, body), **fixed})
    tenant.store.client_grants.put(grant["id"], grant)
    return JSONResponse(grant)


async def delete(request: Request) -> Response:
    """DELETE /client-grants/{id}."""
    tenant_of(request).store.client_grants.delete(request.path_params["id"])
    return Response(status_code=204)


def _find(tenant: Tenant, request: Request) -> Document:
    grant = tenant.store.client_grants.get(request.path_params["id"])
    if grant is None:
        raise ManagementError(404, "The client grant does not exist", "inexistent_client_grant")
    return grant
