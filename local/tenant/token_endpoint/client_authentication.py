"""Client authentication at the token endpoint (RFC 6749 §2.3, OpenID Connect Core §9)."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

from starlette.requests import Request

from local.tenant import auth_method, identifiers
from local.tenant.errors import OAuthError
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.token_endpoint import client_assertions


class ClientError(OAuthError):
    """The application is unknown or failed to authenticate: Auth0 gives every reason the same answer."""

    def __init__(self) -> None:
        super().__init__("access_denied", "Unauthorized", 401)


def identify(tenant: Tenant, request: Request, fields: Mapping[str, str]) -> Document:
    """Return the application that a request names, before it is authenticated; raise OAuthError if there is none."""
    names = {name for name in (_basic_name(request), fields.get("client_id"), _assertion_name(fields)) if name}
    ways = [_has_basic(request), "client_secret" in fields, "client_assertion" in fields]
    if sum(ways) > 1 or len(names) > 1:
        raise OAuthError("invalid_request", "The application authenticates in more than one way.")
    client = tenant.client(names.pop() if names else None)
    if client is None:
        raise ClientError
    return client


def prove(tenant: Tenant, request: Request, fields: Mapping[str, str], client: Document, now: float) -> None:
    """Check the secret or the signed assertion of an application that has one; raise OAuthError(401) if it is wrong.

    A public application does not authenticate; its code or refresh token must suffice.
    """
    match auth_method.of(client):
        case "none":
            return
        case "private_key_jwt":
            if "client_assertion" not in fields:
                raise ClientError
            client_assertions.check(tenant, client, fields, now)
        case _:
            given = _basic_credentials(request)[1] if _has_basic(request) else fields.get("client_secret", "")
            if not identifiers.same(given, client["client_secret"]):
                raise ClientError


def _basic_name(request: Request) -> str | None:
    return _basic_credentials(request)[0] if _has_basic(request) else None


def _assertion_name(fields: Mapping[str, str]) -> str | None:
    return client_assertions.unverified_subject(fields["client_assertion"]) if "client_assertion" in fields else None


def _has_basic(request: Request) -> bool:
    return request.headers.get("authorization", "").lower().startswith("basic ")


def _basic_credentials(request: Request) -> tuple[str, str]:
    try:
        text = base64.b64decode(request.headers["authorization"][6:].strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ClientError from error
    name, colon, secret = text.partition(":")
    if not colon:
        raise ClientError
    return unquote_plus(name), unquote_plus(secret)  # RFC 6749 §2.3.1
