"""Whether a token is one of our issuer's, for this API, now.

PyJWT reads keys and checks signatures. Header and claims are parsed by modules jws and claims, because PyJWT's `decode`
lets through what has to be refused here: a missing `exp`, any `typ`, duplicate members, dates as strings, and more.
"""

from collections.abc import Callable
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

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
    _pyjwt = RSAAlgorithm(RSAAlgorithm.SHA256)

    def __init__(self, keys: KeySource) -> None:
        self._keys = keys

    def check(self, token: jws.Jws) -> None:
        """Raise KeyIdError, UnknownKeyError, StaleKeysError or SignatureError unless the signature is good."""
        if token.key_id is None:
            raise KeyIdError
        key = self._keys.find(token.key_id)
        if not self._pyjwt.verify(token.signed, key, token.signature):
            raise SignatureError


class Hs256:
    """HMAC with SHA-256 (RFC 7518 §3.2), for a tenant that still signs with a shared secret. Opt-in."""

    algorithm = "HS256"
    _pyjwt = HMACAlgorithm(HMACAlgorithm.SHA256)

    def __init__(self, secret: bytes) -> None:
        """Take the secret; raises InvalidKeyError for what is a public key or a JWK, and so known to anyone."""
        self._secret = self._pyjwt.prepare_key(secret)

    def check(self, token: jws.Jws) -> None:
        """Raise SignatureError unless the signature is good."""
        if not self._pyjwt.verify(token.signed, self._secret, token.signature):
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
