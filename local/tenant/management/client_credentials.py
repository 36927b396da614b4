"""The public keys by which an application authenticates (private_key_jwt): /clients/{id}/credentials."""

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.management.answers import ManagementError, absent, find, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of

_FORM = Form("client_credentials")
_MOST = 2  # so that a key can be replaced without a gap
_MINIMUM_BITS = 2048


async def list_credentials(request: Request) -> Response:
    """GET /clients/{id}/credentials: a bare list, even with include_totals."""
    tenant = tenant_of(request)
    find(tenant.store.clients, request.path_params["id"], "client")
    return JSONResponse([_shown(row) for row in of_client(tenant, request.path_params["id"])])


async def create(request: Request) -> Response:
    """POST /clients/{id}/credentials; the key is valid only once the application names it."""
    tenant = tenant_of(request)
    body = await _FORM.new(request)
    client = find(tenant.store.clients, request.path_params["id"], "client")
    if body["credential_type"] != "public_key":
        raise ManagementError(501, "The local tenant plays credentials of the type public_key only", "not_implemented")
    if len(of_client(tenant, client["client_id"])) >= _MOST:
        raise ManagementError(400, f"An application may have {_MOST} credentials", "too_many_credentials")
    key, expires_at = _read_pem(body.get("pem", ""))
    given: Document = {name: body[name] for name in ("name", "expires_at") if name in body}
    if expires_at and body.get("parse_expiry_from_cert"):
        given["expires_at"] = expires_at
    spki, now = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), timestamp()
    credential: Document = {
        "id": identifiers.prefixed("cred"),
        "client_id": client["client_id"],
        "credential_type": body["credential_type"],
        # Terraform's provider computes the same thumbprint (RFC 7638), to notice a replaced key.
        "kid": body.get("kid") or RSAKey.import_key(spki).thumbprint(),
        "alg": body.get("alg", "RS256"),
        "pem": spki.decode(),
        "created_at": now,
        "updated_at": now,
        **given,
    }
    tenant.store.client_credentials.put(credential["id"], credential)
    return JSONResponse(_shown(credential), 201)


async def read(request: Request) -> Response:
    """GET /clients/{id}/credentials/{credential}."""
    return JSONResponse(_shown(_find(request)))


async def update(request: Request) -> Response:
    """PATCH /clients/{id}/credentials/{credential}: change its expiry."""
    body = await _FORM.change(request)
    credential = {**merged(_find(request), body), "updated_at": timestamp()}
    tenant_of(request).store.client_credentials.put(credential["id"], credential)
    return JSONResponse(_shown(credential))


async def delete(request: Request) -> Response:
    """DELETE /clients/{id}/credentials/{credential}; 409 while the application names it."""
    tenant, credential = tenant_of(request), _find(request)
    client = find(tenant.store.clients, request.path_params["id"], "client")
    if credential["id"] in named(client):
        raise ManagementError(409, "The credential is in use by the client", "credential_in_use")
    tenant.store.client_credentials.delete(credential["id"])
    return Response(status_code=204)


def of_client(tenant: Tenant, client_id: str) -> list[Document]:
    """Return every credential of an application, named or not."""
    return tenant.store.client_credentials.find_all(client_id=client_id)


def named(client: Document) -> list[str]:
    """Return the ids of the credentials that an application authenticates with."""
    methods = client.get("client_authentication_methods") or {}
    return [row["id"] for method in methods.values() for row in method["credentials"]]


def _find(request: Request) -> Document:
    credential = tenant_of(request).store.client_credentials.get(request.path_params["credential"])
    if credential is None or credential["client_id"] != request.path_params["id"]:
        raise absent("credential")
    return credential


def _read_pem(pem: str) -> tuple[RSAPublicKey, str | None]:
    """Return the RSA key of a PEM, a public key or a certificate, and the certificate's expiry."""
    try:
        if "BEGIN CERTIFICATE" in pem:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            key, end = certificate.public_key(), certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z")
        else:
            key, end = load_pem_public_key(pem.encode()), None  # type: ignore[assignment]
    except ValueError as error:
        raise ManagementError(400, "The pem is no public key and no certificate", "invalid_body") from error
    if not isinstance(key, RSAPublicKey) or key.key_size < _MINIMUM_BITS:
        raise ManagementError(400, f"The key must be RSA with {_MINIMUM_BITS} bits or more", "invalid_body")
    return key, end


def _shown(credential: Document) -> Document:
    return {name: value for name, value in credential.items() if name not in ("client_id", "pem")}
