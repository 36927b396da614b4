"""Decides which keys of a JSON Web Key Set may verify an access token (RFC 7517, RFC 7518 §6.3), and reduces the set.

Both key sets come through here: the one that `make plan` deploys, and the one that the authorizer downloads.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from authorizer.errors import MalformedTokenError
from authorizer.jws import decode_base64url, is_key_id

LEAST_KEY_BITS = 2_048  # RFC 7518 §3.3
MOST_KEY_BITS = 8_192  # a longer key takes milliseconds to verify
# The exponent that every issuer uses. Smaller ones have allowed forged padding; larger ones are slow.
EXPONENT = "AQAB"  # 65537
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 §6.3.2 and §6.4


class KeySetError(Exception):
    """The document is not a key set, or has no key that can verify an access token."""


def read(document: str | bytes) -> Mapping[str, RSAPublicKey]:
    """Return the usable keys of a JWK set by their `kid`; leave out unusable keys, which affect no others.

    If different usable keys have one `kid`, none of them is trusted, because nobody can tell which one the issuer
    means. Raises KeySetError if no usable key remains.
    """
    keys: dict[str, RSAPublicKey] = {}
    ambiguous: set[str] = set()
    for key_id, _, key in _usable(document):
        if keys.setdefault(key_id, key) != key:
            ambiguous.add(key_id)
    usable = {key_id: key for key_id, key in keys.items() if key_id not in ambiguous}
    if not usable:
        raise KeySetError("no RSA key for RS256 signatures of at least 2048 bits in the JWK set")
    return usable


def reduced(document: str | bytes) -> str:
    """Return the usable keys as a JWK set with only the members that verify: `kty`, `kid`, `n` and `e`.

    This checks everything before it leaves out anything. Certificates, above all, would not fit into the 4 KB that
    Lambda allows for all environment variables together. Raises KeySetError as `read` does.
    """
    usable = read(document)
    moduli = {key_id: modulus for key_id, modulus, _ in _usable(document)}
    keys = [{"kty": "RSA", "kid": key_id, "n": moduli[key_id], "e": EXPONENT} for key_id in usable]
    return json.dumps({"keys": keys}, separators=(",", ":"))


def _usable(document: str | bytes) -> Iterator[tuple[str, str, RSAPublicKey]]:
    """Yield `kid`, `n` and the key of each member that may verify."""
    try:
        members = json.loads(document, object_pairs_hook=_unique_members)["keys"]
    except (ValueError, TypeError, KeyError, RecursionError):
        members = None
    if not isinstance(members, list):
        raise KeySetError("not a JWK set: a JSON object with an array `keys`")
    for member in members:
        if isinstance(member, dict) and _may_verify(member):
            try:
                key = _public_key(member)
            except (InvalidKeyError, MalformedTokenError, ValueError, TypeError, KeyError, AttributeError):
                continue
            yield member["kid"], member["n"], key


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """Return an object; None if a member occurs twice, so that only this object is left out."""
    found = dict(members)
    return found if len(found) == len(members) else None


def _may_verify(jwk: dict[str, Any]) -> bool:
    return (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", "RS256") == "RS256"
        and jwk.get("key_ops", ["verify"]) == ["verify"]
        and jwk.get("e") == EXPONENT
        and is_key_id(jwk.get("kid"))
        and _PRIVATE_MEMBERS.isdisjoint(jwk)  # a published private key belongs to everyone
    )


def _public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    modulus = jwk["n"]
    octets = decode_base64url(modulus.encode("ascii"))  # PyJWT would accept padding and other spellings
    if octets[:1] == b"\0" or not octets or octets[-1] % 2 == 0:
        raise ValueError("not the shortest spelling, or no product of two primes")
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": EXPONENT})
    if not isinstance(key, RSAPublicKey) or not LEAST_KEY_BITS <= key.key_size <= MOST_KEY_BITS:
        raise ValueError("no size that is allowed")
    return key
