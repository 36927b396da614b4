"""Parses a JWS in compact serialisation, more strictly than JSON and base64 libraries do (RFC 7515 §3.1)."""

import binascii
import functools
import json
import re
from json.scanner import make_scanner
from typing import Any, NamedTuple

from pybase64 import b64decode

from authorizer.errors import (
    AlgorithmError,
    AuthorizationHeaderError,
    HeaderParameterError,
    KeyIdError,
    MalformedTokenError,
    TokenTooLargeError,
    TokenTypeError,
)

TOKEN_LIMIT = 8_192  # characters; API Gateway accepts 10,240 bytes of headers in total
HEADER_LIMIT = 512  # characters of base64url; the issuer's headers have about 100
SIGNATURE_LIMIT = 1_366  # characters of base64url, for a key of 8,192 bits
STRUCTURE_LIMIT = 24  # commas, brackets, braces and backslashes in a header; the issuer's headers have 3
SPACES_LIMIT = 8  # before the scheme, after it and at the end

_USUAL_SCHEME = "Bearer "

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the form of Auth0's; no other reaches a look-up or a log

# From base64url to standard base64. Characters of the latter alphabet alone become spaces, which the decoder refuses.
_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/   ")

# The possible last characters of a segment of n characters, by n % 4: the unused bits must be zero (RFC 4648 §3.5).
_LAST_CHARACTERS = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")
_PADDING = (b"", b"", b"==", b"=")

# The octets of JSON that are fast to read: all except those that open and separate its parts.
_CHEAP_OCTETS = bytes(octet for octet in range(256) if octet not in b",[{\\")

# RFC 9068 §2.1 and §4; Auth0's default dialect says JWT. Media types compare without case (RFC 7515 §4.1.9).
_RFC9068_TYPES = frozenset({"at+jwt", "application/at+jwt"})

# Keys inside the token (jwk, jku, x5u, x5c), extensions that change the signed octets (crit, b64), compression,
# encryption and nesting (zip, enc, cty). The issuer's access tokens use none of them.
_REFUSED_PARAMETERS = frozenset({"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc", "cty"})


class Header(NamedTuple):
    """A checked header."""

    key_id: str | None
    is_rfc9068: bool  # whether the claims use RFC 9068's dialect instead of Auth0's own


def bearer_token(authorization: object) -> str:
    """Return the token after `Bearer` in an `Authorization` header's value.

    The scheme may be in any case, and a few spaces may follow it (RFC 9110 §11.1 and §11.4); white space around the
    whole is not part of a header's value. Raises TokenTooLargeError and AuthorizationHeaderError.
    """
    if type(authorization) is not str:
        raise AuthorizationHeaderError(authorization)
    if len(authorization) > TOKEN_LIMIT:
        raise TokenTooLargeError(len(authorization))
    token = authorization[len(_USUAL_SCHEME) :]
    # The usual spelling, which all clients write.
    if authorization.startswith(_USUAL_SCHEME) and " " not in token and token[-1:] not in "\t":
        return token
    return _unusual_bearer_token(authorization)


def _unusual_bearer_token(authorization: str) -> str:
    if authorization[:1] in " \t" or authorization[-1:] in " \t":
        authorization = _trimmed(authorization, " \t")
    scheme, _, token = authorization.partition(" ")
    if token[:1] == " ":
        token = _trimmed(token, " ")
    if scheme.lower() != "bearer" or not token or " " in token:
        raise AuthorizationHeaderError(authorization)
    return token


def _trimmed(text: str, spaces: str) -> str:
    """Remove at most SPACES_LIMIT spaces from each end of a text: skipping thousands takes longer than RSA."""
    text = text[:SPACES_LIMIT].lstrip(spaces) + text[SPACES_LIMIT:]
    return text[:-SPACES_LIMIT] + text[-SPACES_LIMIT:].rstrip(spaces)


def split(token: str) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the octets that the signature covers, and the segments: header, payload, signature.

    This decodes nothing yet. Raises TokenTooLargeError and MalformedTokenError.
    """
    if len(token) > TOKEN_LIMIT:
        raise TokenTooLargeError(len(token))
    if not token.isascii():
        raise MalformedTokenError(token)
    signed, _, signature = token.encode().rpartition(b".")
    header, _, payload = signed.partition(b".")
    if len(header) > HEADER_LIMIT or len(signature) > SIGNATURE_LIMIT:
        raise TokenTooLargeError(len(token))
    if not header or not payload or payload.find(b".") >= 0:  # find(), because `in` takes five times as long
        raise MalformedTokenError(token)
    return signed, header, payload, signature


def decode_base64url(segment: bytes) -> bytes:
    """Decode base64url without padding, and only in the canonical spelling (RFC 7515 §2).

    Raises MalformedTokenError for another alphabet, padding, white space, and unused bits that are not zero.
    """
    remainder = len(segment) % 4
    # Checking the last character refuses the same texts as encoding the result again, in an eighth of the time.
    if remainder and segment[-1] not in _LAST_CHARACTERS[remainder]:
        raise MalformedTokenError(segment)
    try:
        # Pass validate=True by position, because by name the call takes a third longer.
        return b64decode(segment.translate(_TO_STANDARD) + _PADDING[remainder], None, True)  # noqa: FBT003
    except binascii.Error:
        raise MalformedTokenError(segment) from None


def decode_object(octets: bytes) -> dict[str, Any]:
    """Decode a JSON object: UTF-8 without byte order mark, no white space around it, unique member names, no NaN.

    Raises MalformedTokenError.
    """
    try:
        text = octets.decode()
        value, end = _scan(text, 0)
    except (ValueError, StopIteration, RecursionError):
        raise MalformedTokenError(octets) from None
    if type(value) is not dict or end != len(text):
        raise MalformedTokenError(octets)
    return value


@functools.lru_cache(maxsize=16)  # all tokens of one key have the same header; errors are not cached
def read_header(segment: bytes, algorithm: str) -> Header:
    """Check a protected header, whose `alg` must be exactly `algorithm`; raises the first failed check's TokenError."""
    octets = decode_base64url(segment)
    # Nested and empty members make JSON slow to read: 512 characters of them took longer than verifying RSA.
    if len(octets.translate(None, _CHEAP_OCTETS)) > STRUCTURE_LIMIT:
        raise TokenTooLargeError(len(segment))
    header = decode_object(octets)
    if header.get("alg") != algorithm:
        raise AlgorithmError(header.get("alg"))
    if not _REFUSED_PARAMETERS.isdisjoint(header):
        raise HeaderParameterError(header)
    token_type = header.get("typ", "JWT")
    if not isinstance(token_type, str):
        raise TokenTypeError(token_type)
    is_rfc9068 = token_type.lower() in _RFC9068_TYPES
    if not is_rfc9068 and token_type.lower() != "jwt":
        raise TokenTypeError(token_type)
    key_id = header.get("kid")
    if key_id is not None and not is_key_id(key_id):
        raise KeyIdError(key_id)
    return Header(key_id, is_rfc9068)


def is_key_id(value: object) -> bool:
    """Return whether a value can be a key's name: 1 to 64 letters, digits, hyphens and underscores."""
    return isinstance(value, str) and _KEY_ID.fullmatch(value) is not None


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(members)
    if len(value) != len(members):
        raise MalformedTokenError(members)
    return value


def _refuse_constant(name: str) -> None:
    raise MalformedTokenError(name)  # JSON has no NaN and no Infinity


# The decoder's own scanner, without decode(), which would also accept white space around the value.
_DECODER = json.JSONDecoder(object_pairs_hook=_unique_members, parse_constant=_refuse_constant)
_scan = make_scanner(_DECODER)  # type: ignore[arg-type]  # json.decoder passes a decoder too
