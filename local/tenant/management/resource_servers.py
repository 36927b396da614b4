"""APIs: /resource-servers, found by id or by identifier."""

from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import ManagementError, absent, chosen_fields, listing, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("resource_servers")
_IDS = ("id", "identifier")
_SIGNING_ALGORITHMS = ("HS256", "RS256")


def new_resource_server(body: Document) -> Document:
    """Return a fresh API: Auth0's defaults, overridden by the body."""
    defaults: Document = {
        "id": identifiers.object_id(),
        "allow_offline_access": False,
        "skip_consent_for_verifiable_first_party_clients": False,
        "subject_type_authorization": {"client": {"policy": "require_client_grant"}, "user": {"policy": "allow_all"}},
        "token_lifetime": 86400,
        "token_lifetime_for_web": min(7200, body.get("token_lifetime", 7200)),
        "signing_alg": "RS256",
    }
    return _complete(merged(defaults, body))


def _complete(api: Document) -> Document:
    """Return an API with the secret that HS256 needs; raise ManagementError for an algorithm that this tenant lacks."""
    if api["signing_alg"] not in _SIGNING_ALGORITHMS:
        message = f"The local tenant signs with HS256 or RS256, not {api['signing_alg']}."
        raise ManagementError(501, message, "not_implemented")
    if api["signing_alg"] == "HS256" and "signing_secret" not in api:
        api["signing_secret"] = identifiers.alphanumeric(32)
    if api["token_lifetime_for_web"] > api["token_lifetime"]:
        message = "The token_lifetime_for_web must not be greater than the token_lifetime"
        raise ManagementError(400, message, "invalid_body")
    return {**api, "token_encryption": _shown_key(api["token_encryption"])} if "token_encryption" in api else api


def _shown_key(encryption: Document) -> Document:
    """Return the setting as it is stored, with the thumbprint of the key (RFC 7638) instead of the certificate."""
    key: Document = {**encryption["encryption_key"]}
    if "pem" in key:
        try:
            public = x509.load_pem_x509_certificate(key.pop("pem").encode()).public_key()
            key["thumbprint_sha256"] = RSAKey.import_key(
                public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            ).thumbprint()
        except (AttributeError, ValueError) as error:
            raise ManagementError(400, "The pem of the encryption_key is no certificate", "invalid_body") from error
    return {**encryption, "encryption_key": key}


def _find(request: Request) -> Document:
    """Return the API of the path: an id, an identifier, or an identifier that was escaped twice."""
    name = request.path_params["id"]
    collection = tenant_of(request).store.resource_servers
    api = collection.get(name) or collection.find(identifier=name) or collection.find(identifier=unquote(name))
    if api is None:
        raise absent("resource server")
    return api


async def list_resource_servers(request: Request) -> Response:
    """GET /resource-servers, filtered by `identifiers`."""
    wanted = request.query_params.getlist("identifiers")
    rows = tenant_of(request).store.resource_servers.values()
    return listing(request, "resource_servers", [row for row in rows if not wanted or row["identifier"] in wanted])


async def create(request: Request) -> Response:
    """POST /resource-servers."""
    store = tenant_of(request).store
    body = await _FORM.new(request)
    api = new_resource_server(body)
    if store.resource_servers.find(identifier=api["identifier"]):
        message = "A resource server with the same identifier already exists"
        raise ManagementError(409, message, "duplicate_resource_server")
    store.resource_servers.put(api["id"], api)
    return JSONResponse(api, 201)


async def read(request: Request) -> Response:
    """GET /resource-servers/{id}."""
    return JSONResponse(chosen_fields(request, _find(request), _IDS))


async def update(request: Request) -> Response:
    """PATCH /resource-servers/{id}; answers 200, unlike Auth0's OpenAPI document."""
    body = await _FORM.change(request)
    api = _complete(merged(_find(request), body))
    tenant_of(request).store.resource_servers.put(api["id"], api)
    return JSONResponse(api)


async def delete(request: Request) -> Response:
    """DELETE /resource-servers/{id}: also deletes the grants for the API."""
    store = tenant_of(request).store
    api = _find(request)
    with store.transaction():
        store.resource_servers.delete(api["id"])
        for grant in store.client_grants.find_all(audience=api["identifier"]):
            store.client_grants.delete(grant["id"])
    return Response(status_code=204)
