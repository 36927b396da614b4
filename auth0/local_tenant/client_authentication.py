"""Which application calls the token end point, and how it proves it (RFC 6749 §2.3)."""

import base64
import binascii
from urllib.parse import unquote_plus

from starlette.requests import Request

from local_tenant import identifiers
from local_tenant.errors import OAuthError
from local_tenant.store import Document
from local_tenant.tenant import Tenant


async def read_fields(request: Request) -> dict[str, str]:
    """Return the body's fields, form or JSON; raise OAuthError(invalid_request) when it is neither or repeats one."""
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise OAuthError("invalid_request", "The body is not JSON.") from error
        if not isinstance(body, dict):
            raise OAuthError("invalid_request", "The body is not a JSON object.")
        return {name: value for name, value in body.items() if isinstance(value, str)}
    form = await request.form()
    if len(form.multi_items()) != len(form):
        raise OAuthError("invalid_request", "A parameter is given more than once.")
    return {name: value for name, value in form.items() if isinstance(value, str)}


def identify(tenant: Tenant, request: Request, fields: dict[str, str]) -> Document:
    """Return the application a request claims to be, before any proof; raise OAuthError when there is none."""
    client_id = _basic_credentials(request)[0] if _has_basic(request) else fields.get("client_id")
    client = tenant.client(client_id)
    if client is None:
        raise OAuthError("access_denied", "Unauthorized", 401)
    return client


def prove(request: Request, fields: dict[str, str], client: Document) -> None:
    """Check the secret of an application that has one; raise OAuthError(access_denied) when it is wrong.

    A public application proves nothing here; its code or refresh token does.
    """
    if client.get("token_endpoint_auth_method") == "none":
        return
    given = _basic_credentials(request)[1] if _has_basic(request) else fields.get("client_secret", "")
    if not identifiers.same(given, client["client_secret"]):
        raise OAuthError("access_denied", "Unauthorized", 401)


def _has_basic(request: Request) -> bool:
    return request.headers.get("authorization", "").lower().startswith("basic ")


def _basic_credentials(request: Request) -> tuple[str, str]:
    try:
        text = base64.b64decode(request.headers["authorization"][6:].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("access_denied", "Unauthorized", 401) from error
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)
