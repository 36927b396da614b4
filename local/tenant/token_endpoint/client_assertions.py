"""Client authentication by a signature instead of a secret: `private_key_jwt` (RFC 7523 §2.2 and §3).

The public keys are the application's credentials in the Management API (`store.client_credentials`, by id). Each has
`client_id`, `alg`, `pem` (a public key or a certificate), `kid`, and `expires_at` (RFC 3339) if it expires. Only those
in the application's `client_authentication_methods` are valid.
https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from local.tenant import identifiers
from local.tenant.errors import OAuthError
from local.tenant.store import Document
from local.tenant.tenant import Tenant

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS256", "RS384", "PS256")
_LONGEST_LIFETIME_SECONDS = 300
_CLOCK_SKEW_SECONDS = 10
_MAXIMUM_LENGTH = 2048
_MAXIMUM_ID_LENGTH = 64
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


class ClientAssertionError(OAuthError):
    """The assertion is invalid; the description says why."""

    def __init__(self, description: str) -> None:
        super().__init__("invalid_client", description, 401)


def unverified_subject(assertion: str) -> str:
    """Return an assertion's client_id, before its signature is checked; raise ClientAssertionError if it has none."""
    subject = _parts(assertion)[1].get("sub")
    if not isinstance(subject, str):
        raise ClientAssertionError("The client_assertion has no sub.")
    return subject


def check(tenant: Tenant, client: Document, fields: Mapping[str, str], now: float) -> None:
    """Check an assertion and record it, so that it is valid once; raise ClientAssertionError if it is invalid."""
    if fields.get("client_assertion_type") != TYPE:
        raise ClientAssertionError(f"The client_assertion_type must be {TYPE}.")
    assertion = fields["client_assertion"]
    header, claims = _parts(assertion)
    credentials = _credentials(tenant, client, now)
    if not any(_is_signed_with(assertion, header, credential) for credential in credentials):
        raise ClientAssertionError("The client_assertion is not signed with a credential of the application.")
    _check_claims(claims, client["client_id"], tenant.listeners.issuers(), now)
    _use_up(tenant, client["client_id"], claims, now)


def _parts(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(assertion) > _MAXIMUM_LENGTH:
        raise ClientAssertionError(f"The client_assertion is longer than {_MAXIMUM_LENGTH} bytes.")
    try:
        unverified = jws.extract_compact(assertion.encode("ascii"))
        claims = json.loads(unverified.payload)
    except (JoseError, ValueError) as error:
        raise ClientAssertionError("The client_assertion is not a JWT.") from error
    if not isinstance(claims, dict):
        raise ClientAssertionError("The client_assertion is not a JWT.")
    return dict(unverified.headers()), claims


def _credentials(tenant: Tenant, client: Document, now: float) -> list[Document]:
    listed = client["client_authentication_methods"]["private_key_jwt"].get("credentials", [])
    found = [tenant.store.client_credentials.get(row["id"]) for row in listed]
    return [row for row in found if row and row["client_id"] == client["client_id"] and not _has_ended(row, now)]


def _has_ended(credential: Document, now: float) -> bool:
    end = credential.get("expires_at")
    return end is not None and datetime.datetime.fromisoformat(end).timestamp() <= now


def _is_signed_with(assertion: str, header: dict[str, Any], credential: Document) -> bool:
    if header.get("kid", credential["kid"]) != credential["kid"]:
        return False
    try:
        # The credential chooses the algorithm, never the assertion (RFC 8725 §3.1).
        jws.deserialize_compact(assertion, _public_key(credential["pem"]), algorithms=[credential["alg"]])
    except (JoseError, ValueError):
        return False
    return True


def _public_key(pem: str) -> RSAKey:
    if pem.lstrip().startswith(_CERTIFICATE):
        key = x509.load_pem_x509_certificate(pem.encode()).public_key()
        pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return RSAKey.import_key(pem)


def _check_claims(claims: dict[str, Any], client_id: str, issuers: set[str], now: float) -> None:
    """Check the claims as RFC 7523 §3 and Auth0 require."""
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise ClientAssertionError("The iss and sub of the client_assertion must be the client_id.")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(name, str) and name in issuers for name in named):
        raise ClientAssertionError("The aud of the client_assertion must be the tenant's issuer.")
    expiry = _seconds(claims, "exp")
    if expiry is None or expiry <= now:
        raise ClientAssertionError("The client_assertion has no exp or has expired.")
    if expiry > now + _LONGEST_LIFETIME_SECONDS + _CLOCK_SKEW_SECONDS:
        raise ClientAssertionError(f"The client_assertion lives longer than {_LONGEST_LIFETIME_SECONDS} seconds.")
    for name in ("nbf", "iat"):
        moment = _seconds(claims, name)
        if moment is not None and moment > now + _CLOCK_SKEW_SECONDS:
            raise ClientAssertionError(f"The {name} of the client_assertion is in the future.")


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClientAssertionError(f"The {name} of the client_assertion is not a number.")
    return float(value)


def _use_up(tenant: Tenant, client_id: str, claims: dict[str, Any], now: float) -> None:
    """Record the assertion until it expires (RFC 7523 §3, `jti`); raise ClientAssertionError if it was used already."""
    token_id = claims.get("jti")
    if not isinstance(token_id, str) or not 0 < len(token_id) <= _MAXIMUM_ID_LENGTH:
        raise ClientAssertionError(f"The client_assertion needs a jti of at most {_MAXIMUM_ID_LENGTH} characters.")
    key = identifiers.fingerprint(f"{client_id} {token_id}")
    with tenant.store.transaction():
        tenant.store.client_assertions.prune(now)
        if tenant.store.client_assertions.get(key) is not None:
            raise ClientAssertionError("The client_assertion was used before.")
        tenant.store.client_assertions.put(key, {"expires_at": claims["exp"]})
