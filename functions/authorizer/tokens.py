"""Whether a token is one of our issuer's, for this API, now."""

import hmac
from collections.abc import Callable
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from authorizer import claims, jws
from authorizer.errors import KeyIdError, SignatureError


class Signature(Protocol):
    """One algorithm with its keys. A verifier has exactly one, so that no token can choose."""

    algorithm: str

    def check(self, token: jws.Jws) -> None:
        """Raise a TokenError unless the token was signed with a trusted key."""


class KeySource(Protocol):
    """Where the issuer's public keys come from."""

    def find(self, key_id: str) -> RSAPublicKey:
        """Return the key of that name; raises UnknownKeyError or StaleKeysError."""


class Rs256:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), by the issuer's public keys."""

    algorithm = "RS256"
    _padding = PKCS1v15()
    _hash = SHA256()

    def __init__(self, keys: KeySource) -> None:
        self._keys = keys

    def check(self, token: jws.Jws) -> None:
        """Raise KeyIdError, UnknownKeyError, StaleKeysError or SignatureError unless the signature is good."""
        if token.key_id is None:
            raise KeyIdError
        key = self._keys.find(token.key_id)
        try:
            key.verify(token.signature, token.signed, self._padding, self._hash)
        except InvalidSignature:
            raise SignatureError from None


class Hs256:
    """HMAC with SHA-256 (RFC 7518 §3.2), for a tenant that still signs with a shared secret. Opt-in."""

    algorithm = "HS256"

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def check(self, token: jws.Jws) -> None:
        """Raise SignatureError unless the signature is good."""
        expected = hmac.digest(self._secret, token.signed, "sha256")
        if not hmac.compare_digest(expected, token.signature):
            raise SignatureError


class Verifier:
    """Verifies access tokens: parsed strictly, every claim checked, the signature good."""

    def __init__(self, signature: Signature, expected: claims.Expected, clock: Callable[[], float]) -> None:
        """Take the algorithm with its keys, what tokens must say, and a clock in Unix time."""
        self._signature = signature
        self._expected = expected
        self._clock = clock

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a good token; raises the TokenError that names the first check that failed.

        The signature comes last: a token that is expired or another tenant's costs no RSA, and above all never makes
        us fetch keys. No claim leaves this method before every check has passed.
        """
        parts = jws.parse(token, self._signature.algorithm)
        claims.check(parts.claims, self._expected, self._clock())
        self._signature.check(parts)
        return parts.claims
