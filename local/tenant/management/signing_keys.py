"""The keys that sign tokens: /keys/signing."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.management.answers import ManagementError, absent
from local.tenant.tenant import tenant_of


async def list_keys(request: Request) -> Response:
    """GET /keys/signing."""
    return JSONResponse(tenant_of(request).keys.descriptions())


async def read(request: Request) -> Response:
    """GET /keys/signing/{kid}."""
    rows = [row for row in tenant_of(request).keys.descriptions() if row["kid"] == request.path_params["kid"]]
    if not rows:
        raise absent("signing key")
    return JSONResponse(rows[0])


async def rotate(request: Request) -> Response:
    """POST /keys/signing/rotate: start to sign with the next key."""
    tenant = tenant_of(request)
    with tenant.store.transaction():  # the three keys change roles
        key = tenant.keys.rotate()
    return JSONResponse({"kid": key["kid"], "cert": key["cert"]}, 201)


async def revoke(request: Request) -> Response:
    """PUT /keys/signing/{kid}/revoke: stop trusting a key that no longer signs."""
    try:
        key = tenant_of(request).keys.revoke(request.path_params["kid"])
    except ValueError as error:
        raise ManagementError(400, "Only a previous signing key can be revoked", "signing_key_in_use") from error
    if key is None:
        raise absent("signing key")
    return JSONResponse({"kid": key["kid"], "cert": key["cert"]})
