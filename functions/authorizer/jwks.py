"""Which keys of a JSON Web Key Set may verify an access token (RFC 7517, RFC 7518 §6.3), and what of them travels.

Both ways to a key come through here: the set that `make plan` hands over, and the one that the authorizer downloads.
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
MOST_KEY_BITS = 8_192  # beyond, a verification takes milliseconds
# The exponent of every issuer. Smaller ones have let forged padding pass, larger ones are slow.
EXPONENT = "AQAB"  # 65537
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 §6.3.2 and §6.4


class KeySetError(Exception):
    """The document is no key set, or holds no key that can verify an access token."""


def read(document: str | bytes) -> Mapping[str, RSAPublicKey]:
    """Return the usable keys of a JWK set by their `kid`; a key that cannot be used is left out and harms no other.

    Of different usable keys with one `kid` none is trusted, for nobody can tell which of them the issuer means.
    Raises KeySetError when nothing usable is left.
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
    """Return the usable keys as a JWK set of the members that verify: `kty`, `kid`, `n` and `e`.

    Everything is checked first and left out second. Certificates above all would not fit into the 4 KB that Lambda
    gives all environment variables together. Raises KeySetError as `read` does.
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
    """Return an object, or None for one that says two things at once: then it alone is left out."""
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
        and _PRIVATE_MEMBERS.isdisjoint(jwk)  # anyone has a private key that is published
    )


def _public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    modulus = jwk["n"]
    octets = decode_base64url(modulus.encode("ascii"))  # PyJWT would take padding and other spellings
    if octets[:1] == b"\0" or not octets or octets[-1] % 2 == 0:
        raise ValueError("not the shortest spelling, or no product of two primes")
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": modulus, "e": EXPONENT})
    if not isinstance(key, RSAPublicKey) or not LEAST_KEY_BITS <= key.key_size <= MOST_KEY_BITS:
        raise ValueError("no size that is allowed")
    return key
