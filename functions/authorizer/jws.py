"""Taking a JWS in compact serialisation apart, more strictly than JSON and base64 libraries do (RFC 7515 §3.1)."""

import binascii
import functools
import json
import re
from typing import Any, NamedTuple

from authorizer.errors import (
    AlgorithmError,
    AuthorizationHeaderError,
    HeaderParameterError,
    KeyIdError,
    MalformedTokenError,
    TokenTooLargeError,
    TokenTypeError,
)

TOKEN_LIMIT = 8_192  # characters; API Gateway takes 10,240 bytes of headers in all
HEADER_LIMIT = 1_024  # characters of base64url; the issuer's own take about 100
KEY_ID_LIMIT = 256

_BEARER = re.compile(r"[ \t]*bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)[ \t]*", re.ASCII | re.IGNORECASE)
_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")

# RFC 9068 §2.1 and §4 for at+jwt; Auth0's default dialect says JWT. Media types compare without case (RFC 7515 §4.1.9).
_ACCESS_TOKEN_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

# Keys that the token brings along (jwk, jku, x5u, x5c), extensions that change what is signed (crit, b64), compression,
# encryption and nesting (zip, enc, cty). An access token of the issuer uses none of them.
_REFUSED_PARAMETERS = frozenset({"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc", "cty"})


class Jws(NamedTuple):
    """A token in its parts. Nothing here is proven until the signature is checked."""

    key_id: str | None
    claims: dict[str, Any]
    signed: bytes  # the octets that the signature covers: ASCII(header "." payload)
    signature: bytes


def bearer_token(authorization: object) -> str:
    """Return the one token of an `Authorization` header's value.

    The scheme may be in any case and be followed by several spaces (RFC 9110 §11.1 and §11.4); white space around the
    whole is no part of a header's value. Raises TokenTooLargeError and AuthorizationHeaderError.
    """
    if not isinstance(authorization, str):
        raise AuthorizationHeaderError
    if len(authorization) > TOKEN_LIMIT:
        raise TokenTooLargeError
    match = _BEARER.fullmatch(authorization)
    if match is None:
        raise AuthorizationHeaderError
    return match[1]


def parse(token: str, algorithm: str) -> Jws:
    """Take a token apart whose `alg` must be exactly `algorithm`; no key is looked up and nothing is verified.

    Raises the TokenError that names the first check that failed.
    """
    if len(token) > TOKEN_LIMIT:
        raise TokenTooLargeError
    try:
        signed, signature = token.encode("ascii").rsplit(b".", 1)
        header, payload = signed.split(b".")
    except ValueError:  # not ASCII, or not three segments
        raise MalformedTokenError from None
    key_id = _key_id(header, algorithm)
    return Jws(key_id, decode_object(decode_base64url(payload)), signed, decode_base64url(signature))


def decode_base64url(segment: bytes) -> bytes:
    """Decode base64url without padding, and only in the one spelling that encoding gives (RFC 7515 §2).

    Raises MalformedTokenError for another alphabet, padding, white space, and bits that encode nothing.
    """
    try:
        octets = binascii.a2b_base64(segment.translate(_FROM_URL_SAFE) + b"=" * (-len(segment) % 4))
    except binascii.Error:
        raise MalformedTokenError from None
    if binascii.b2a_base64(octets, newline=False).translate(_TO_URL_SAFE).rstrip(b"=") != segment:
        raise MalformedTokenError
    return octets


def decode_object(octets: bytes) -> dict[str, Any]:
    """Decode a JSON object: UTF-8 without a byte order mark, unique member names, no NaN or Infinity.

    Raises MalformedTokenError.
    """
    try:
        value = _JSON.decode(octets.decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedTokenError from None
    if not isinstance(value, dict):
        raise MalformedTokenError
    return value


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise MalformedTokenError
    return value


def _refuse_constant(_name: str) -> None:
    raise MalformedTokenError  # NaN and Infinity, which are no JSON


_JSON = json.JSONDecoder(object_pairs_hook=_unique_members, parse_constant=_refuse_constant)


@functools.lru_cache(maxsize=16)  # all tokens of one key share one header; errors are not cached
def _key_id(segment: bytes, algorithm: str) -> str | None:
    """Check a protected header and return its `kid`."""
    if len(segment) > HEADER_LIMIT:
        raise TokenTooLargeError
    header = decode_object(decode_base64url(segment))
    if header.get("alg") != algorithm:
        raise AlgorithmError
    if not _REFUSED_PARAMETERS.isdisjoint(header):
        raise HeaderParameterError
    token_type = header.get("typ", "JWT")
    if not isinstance(token_type, str) or token_type.lower() not in _ACCESS_TOKEN_TYPES:
        raise TokenTypeError
    key_id = header.get("kid")
    if key_id is not None and (not isinstance(key_id, str) or not 0 < len(key_id) <= KEY_ID_LIMIT):
        raise KeyIdError
    return key_id
