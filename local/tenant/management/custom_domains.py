"""Custom domains: /custom-domains. They are kept and verified, though no name leads here."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import ManagementError, by_checkpoint, find, merged, timestamp
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("custom_domains")


async def list_domains(request: Request) -> Response:
    """GET /custom-domains: a bare list, or by checkpoint."""
    rows = tenant_of(request).store.custom_domains.values()
    if "take" in request.query_params or "from" in request.query_params:
        return by_checkpoint(request, "custom_domains", rows)
    return JSONResponse(rows)


async def create(request: Request) -> Response:
    """POST /custom-domains; the record that proves the ownership is in the answer."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    if store.custom_domains.find(domain=body["domain"]):
        raise ManagementError(409, "The custom domain already exists", "custom_domain_already_exists")
    identifier = identifiers.prefixed("cd")
    target = f"{body['domain']}.{identifier.replace('_', '-').lower()}.edge.localhost"
    domain: Document = {
        "custom_domain_id": identifier,
        "domain": body["domain"],
        "primary": not store.custom_domains.values(),
        "is_default": False,
        "status": "pending_verification",
        "type": body["type"],
        "origin_domain_name": target,
        "verification": {"methods": [{"name": "CNAME", "record": target, "domain": body["domain"]}]},
        "tls_policy": "recommended",
    }
    domain = merged(domain, {name: body.get(name) for name in _changeable(body)})
    store.custom_domains.put(identifier, domain)
    return JSONResponse(domain, 201)


async def read(request: Request) -> Response:
    """GET /custom-domains/{id}."""
    return JSONResponse(_find(request))


async def update(request: Request) -> Response:
    """PATCH /custom-domains/{id}."""
    body = await _FORM.change(request)
    domain = merged(_find(request), body)
    tenant_of(request).store.custom_domains.put(domain["custom_domain_id"], domain)
    return JSONResponse(domain)


async def delete(request: Request) -> Response:
    """DELETE /custom-domains/{id}."""
    tenant_of(request).store.custom_domains.delete(request.path_params["id"])
    return Response(status_code=204)


async def verify(request: Request) -> Response:
    """POST /custom-domains/{id}/verify: ready at once, as if the record were there; nobody asks the DNS."""
    domain = _find(request)
    domain["status"] = "ready"
    domain["verification"] |= {"status": "verified", "last_verified_at": timestamp()}
    tenant_of(request).store.custom_domains.put(domain["custom_domain_id"], domain)
    return JSONResponse(domain)


def _changeable(body: Document) -> set[str]:
    return body.keys() - {"domain", "type", "verification_method"}


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.custom_domains, request.path_params["id"], "custom domain")
