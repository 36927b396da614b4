"""Custom domains: /custom-domains. The tenant stores and verifies them, although their names do not resolve to it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management.answers import ManagementError, by_checkpoint, find, merged
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
    """POST /custom-domains; the answer has the DNS record that proves the ownership."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    if store.custom_domains.find(domain=body["domain"]):
        raise ManagementError(409, "The custom domain already exists", "custom_domain_already_exists")
    domain = {**_new_domain(body["domain"], body["type"]), **{name: body[name] for name in _changeable(body)}}
    store.custom_domains.put(domain["custom_domain_id"], domain)
    return JSONResponse(domain, 201)


def _new_domain(name: str, kind: str) -> Document:
    """Return a fresh domain; the kind says who manages its certificate, and which DNS record Auth0 looks for."""
    domain: Document = {
        "custom_domain_id": identifiers.prefixed("cd"),
        "domain": name,
        "primary": False,
        "is_default": False,
        "status": "pending_verification",
        "type": kind,
        "created_at": timestamp(),
    }
    if kind == "self_managed_certs":
        method = {"name": "TXT", "record": identifiers.action_id(), "domain": f"_cf-custom-hostname.{name}"}
        return {**domain, "verification": {"methods": [method]}, "custom_client_ip_header": None}
    method = {"name": "CNAME", "record": _target(domain), "domain": name}
    return {**domain, "verification": {"methods": [method]}, "tls_policy": "recommended"}


def _target(domain: Document) -> str:
    return f"{domain['domain']}.{domain['custom_domain_id'].replace('_', '-').lower()}.edge.localhost"


async def read(request: Request) -> Response:
    """GET /custom-domains/{id}."""
    if request.path_params["id"] == "default":
        raise ManagementError(501, "The local tenant does not play the default domain", "not_implemented")
    return JSONResponse(_find(request))


async def update(request: Request) -> Response:
    """PATCH /custom-domains/{id}."""
    body = await _FORM.change(request)
    known = _find(request)
    changes = {**body}
    if body.get("domain_metadata"):
        changes["domain_metadata"] = merged(known.get("domain_metadata", {}), body["domain_metadata"])
    domain = merged(known, changes)
    if "custom_client_ip_header" in known:
        domain.setdefault("custom_client_ip_header", None)
    tenant_of(request).store.custom_domains.put(domain["custom_domain_id"], domain)
    return JSONResponse(domain)


async def delete(request: Request) -> Response:
    """DELETE /custom-domains/{id}."""
    tenant_of(request).store.custom_domains.delete(request.path_params["id"])
    return Response(status_code=204)


async def verify(request: Request) -> Response:
    """POST /custom-domains/{id}/verify: ready at once, as if the record existed, without a DNS query."""
    domain = _find(request)
    domain["status"] = "ready"
    domain["origin_domain_name"] = _target(domain)
    domain["verification"] |= {"status": "verified", "last_verified_at": timestamp()}
    tenant_of(request).store.custom_domains.put(domain["custom_domain_id"], domain)
    return JSONResponse(domain)


def _changeable(body: Document) -> set[str]:
    return body.keys() - {"domain", "type", "verification_method"}


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.custom_domains, request.path_params["id"], "custom domain")
