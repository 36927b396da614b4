"""Reading a JSON Web Key Set: which of its keys may verify an access token (RFC 7517, RFC 7518 §6.3)."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from authorizer.errors import MalformedTokenError
from authorizer.jws import KEY_ID_LIMIT, decode_base64url

LEAST_KEY_BITS = 2_048  # RFC 7518 §3.3
MOST_KEY_BITS = 8_192  # beyond, a verification takes milliseconds
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})


class KeySetError(Exception):
    """The document is no key set, or holds no key that can verify an access token."""


def read(document: str | bytes) -> Mapping[str, RSAPublicKey]:
    """Return the usable keys of a JWK set by their `kid`; a key that cannot be read is left out and harms no other.

    Raises KeySetError when nothing usable is left.
    """
    try:
        members = json.loads(document)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise KeySetError("not a JWK set: a JSON object with an array `keys`") from None
    if not isinstance(members, list):
        raise KeySetError("not a JWK set: a JSON object with an array `keys`")
    keys: dict[str, RSAPublicKey] = {}
    for member in members:
        if isinstance(member, dict) and _may_verify(member):
            try:
                keys.setdefault(member["kid"], _public_key(member))
            except (InvalidKeyError, MalformedTokenError, ValueError, TypeError, KeyError, AttributeError):
                continue
    if not keys:
        raise KeySetError("no RSA key for RS256 signatures of at least 2048 bits in the JWK set")
    return keys


def _may_verify(jwk: dict[str, Any]) -> bool:
    key_id = jwk.get("kid")
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", "RS256") == "RS256"
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(key_id, str)
        and 0 < len(key_id) <= KEY_ID_LIMIT
        and _PRIVATE_MEMBERS.isdisjoint(jwk)  # a published private key is anyone's
    )


def _public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    modulus, exponent = jwk["n"], jwk["e"]
    for number in (modulus, exponent):
        decode_base64url(number.encode("ascii"))  # PyJWT would take padding and other spellings
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": exponent})
    if not isinstance(key, RSAPublicKey) or not LEAST_KEY_BITS <= key.key_size <= MOST_KEY_BITS:
        raise ValueError("no size that is allowed")
    if key.public_numbers().n % 2 == 0:
        raise ValueError("no product of two primes")
    return key
