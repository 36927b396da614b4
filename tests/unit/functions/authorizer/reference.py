"""The authorizer's decision, written as plainly as possible: slow, with another library and without shared code.

Property tests and the table of hostile tokens compare the authorizer with it.
"""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

BEARER = re.compile(r"[ \t]*[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)[ \t]*")
ACCESS_TOKEN_TYPES = {"jwt", "at+jwt", "application/at+jwt"}
REFUSED_HEADERS = {"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc", "cty"}
REFUSED_CLAIMS = {"nonce", "at_hash", "c_hash", "s_hash", "events", "cnf", "act"}
_REGISTRY = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)  # this module checks header members
LAST_DATE = 253_402_214_400  # a day before the year 10000


@dataclass(frozen=True)
class Tenant:
    """The configuration."""

    issuers: frozenset[str]
    access_model: Mapping[str, Any]  # as the build compiles it for the authorizer
    keys: Mapping[str, Mapping[str, Any]]  # the good public JWKs by `kid`
    leeway: float
    machine_clients: Mapping[str, str] = field(default_factory=dict)  # client ID to name


class RefusedError(Exception):
    """The authorizer must not accept the token."""


def granted_operations(claims: Mapping[str, Any], tenant: Tenant) -> set[tuple[str, str]]:
    """Return the operations, method and path, that good claims open."""
    scopes = granted_scopes(claims, tenant)
    return {
        (operation["method"], operation["path"])
        for operation in tenant.access_model["operations"]
        if any(set(needed) <= scopes for needed in operation["any_of"])
    }


def granted_scopes(claims: Mapping[str, Any], tenant: Tenant) -> set[str]:
    """Return the scopes that are both claimed and granted to the connection or machine client."""
    claimed: set[str] = set()
    if isinstance(claims.get("scope"), str):
        names = claims["scope"].split(" ")
        claimed |= set() if "" in names else set(names)
    permissions = claims.get("permissions")
    if tenant.access_model["role_based_access_control"] and isinstance(permissions, list):
        claimed |= set(permissions) if all(isinstance(name, str) for name in permissions) else set()
    if claims["sub"].endswith("@clients"):
        name = tenant.machine_clients.get(claims["sub"][: -len("@clients")])
        return claimed & set(tenant.access_model["machine_clients"].get(name, ()))
    connection, bar, user = claims["sub"].partition("|")
    return claimed & set(tenant.access_model["connections"].get(connection, ())) if bar and user else set()


def verified(authorization: object, tenant: Tenant, now: float) -> dict[str, Any]:
    """Return the claims of the good token in an Authorization header; raises RefusedError for any other value."""
    match = BEARER.fullmatch(authorization) if isinstance(authorization, str) else None
    _require(match is not None)
    assert match
    token = match[1]
    header, claims = (object_of(segment) for segment in token.split(".")[:2])
    octets_of(token.split(".")[2])
    _require(header.get("alg") == "RS256")
    _require(not REFUSED_HEADERS & header.keys())
    kind = header.get("typ", "JWT")
    _require(isinstance(kind, str) and kind.lower() in ACCESS_TOKEN_TYPES)
    _require(isinstance(header.get("kid"), str) and header["kid"] in tenant.keys)
    try:
        jws.deserialize_compact(token, RSAKey.import_key(dict(tenant.keys[header["kid"]])), registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise RefusedError from error
    _check_claims(claims, tenant, now)
    _check_client(claims, is_rfc9068=kind.lower() != "jwt")
    return claims


def _check_claims(claims: Mapping[str, Any], tenant: Tenant, now: float) -> None:
    _require(isinstance(claims.get("iss"), str) and claims["iss"] in tenant.issuers)
    audiences = claims.get("aud")
    audiences = audiences if isinstance(audiences, list) else [audiences]
    _require(all(isinstance(one, str) for one in audiences) and tenant.access_model["audience"] in audiences)
    for name in ("exp", "iat", "nbf"):
        date = claims.get(name, 0) if name == "nbf" else claims.get(name)
        _require(isinstance(date, int | float) and not isinstance(date, bool) and 0 <= date < LAST_DATE)
    _require(math.floor(claims["exp"] + tenant.leeway) > now)  # a policy's date has no fractions
    _require(claims["iat"] - tenant.leeway <= now)
    _require(claims.get("nbf", 0) - tenant.leeway <= now)
    _require(not REFUSED_CLAIMS & claims.keys())
    subject = claims.get("sub")
    _require(isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isprintable())


def _check_client(claims: Mapping[str, Any], *, is_rfc9068: bool) -> None:
    named = [claims[name] for name in ("azp", "client_id") if name in claims]
    _require(bool(named) and all(isinstance(name, str) and name == named[0] != "" for name in named))
    if is_rfc9068:
        _require("client_id" in claims and "jti" in claims)
    _require("jti" not in claims or (isinstance(claims["jti"], str) and claims["jti"] != ""))
    _require(isinstance(claims.get("gty", ""), str))
    is_machine = claims["sub"].endswith("@clients")
    says_machine = is_machine if is_rfc9068 and "gty" not in claims else claims.get("gty") == "client-credentials"
    _require(is_machine == says_machine)
    _require(not is_machine or claims["sub"] == f"{named[0]}@clients")


def object_of(segment: str) -> dict[str, Any]:
    """Decode a segment that holds one JSON object, strictly; raises RefusedError."""

    def unique(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        _require(len({name for name, _ in members}) == len(members))
        return dict(members)

    octets = octets_of(segment)
    _require(octets[:1] == b"{" and octets[-1:] == b"}")
    try:
        value = json.loads(octets.decode(), object_pairs_hook=unique, parse_constant=lambda _: math.nan)
    except (ValueError, RecursionError) as error:
        raise RefusedError from error
    _require(isinstance(value, dict) and not _holds_nan(value))
    assert isinstance(value, dict)
    return value


def _holds_nan(value: object) -> bool:
    if isinstance(value, dict | list):
        return any(map(_holds_nan, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and math.isnan(value)


def octets_of(segment: str) -> bytes:
    """Decode base64url in its canonical spelling; raises RefusedError."""
    try:
        octets = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise RefusedError from error
    _require(base64.urlsafe_b64encode(octets).decode().rstrip("=") == segment)
    return octets


def _require(condition: bool) -> None:
    if not condition:
        raise RefusedError
