"""Grants of an API's scopes to applications: /client-grants."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import ManagementError, absent, find, listing, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("client_grants")
# The members that identify a grant uniquely.
_IDENTITY = ("client_id", "audience", "subject_type")


def new_client_grant(body: Document) -> Document:
    """Return a fresh grant; without a `subject_type` it is for the application itself."""
    return _complete(merged({"id": identifiers.prefixed("cgr"), "subject_type": "client"}, body))


def _complete(grant: Document) -> Document:
    if grant.get("allow_all_scopes"):
        grant.pop("scope", None)
        return grant
    return {**grant, "scope": grant.get("scope", [])}


async def list_grants(request: Request) -> Response:
    """GET /client-grants, filtered by `client_id`, `audience` or `subject_type`."""
    query = request.query_params
    rows = [
        row
        for row in tenant_of(request).store.client_grants.values()
        if all(query.get(name) in (None, row.get(name)) for name in _IDENTITY)
    ]
    return listing(request, "client_grants", rows)


async def create(request: Request) -> Response:
    """POST /client-grants; 409 if there is one already."""
    tenant = tenant_of(request)
    body = await _FORM.new(request)
    if "default_for" in body:
        raise ManagementError(501, "The local tenant plays no grants for third-party clients", "not_implemented")
    if "client_id" not in body:
        raise ManagementError(400, "Payload validation error: 'Missing required property: client_id'.", "invalid_body")
    grant = new_client_grant(body)
    if tenant.client(grant["client_id"]) is None:
        raise absent("client")
    api = tenant.store.resource_servers.find(identifier=grant["audience"])
    if api is None and grant["audience"] != tenant.listeners.management_audience:
        raise absent("resource server")
    if tenant.store.client_grants.find(**{name: grant[name] for name in _IDENTITY}):
        raise ManagementError(409, "A resource with the same parameters already exists", "client_grant_conflict")
    tenant.store.client_grants.put(grant["id"], grant)
    return JSONResponse(grant, 201)


async def read(request: Request) -> Response:
    """GET /client-grants/{id}."""
    return JSONResponse(_find(request))


async def update(request: Request) -> Response:
    """PATCH /client-grants/{id}."""
    body = await _FORM.change(request)
    grant = _complete(merged(_find(request), body))
    tenant_of(request).store.client_grants.put(grant["id"], grant)
    return JSONResponse(grant)


async def delete(request: Request) -> Response:
    """DELETE /client-grants/{id}."""
    tenant_of(request).store.client_grants.delete(request.path_params["id"])
    return Response(status_code=204)


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.client_grants, request.path_params["id"], "client grant")
