"""Whether a token is one of our issuer's, for this API, now.

PyJWT reads keys and checks signatures. Header and claims are parsed by modules jws and claims, because PyJWT's `decode`
lets through what has to be refused here: a missing `exp`, any `typ`, duplicate members, dates as strings, and more.
"""

from collections.abc import Callable
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

from authorizer import claims as claim_rules
from authorizer import jws
from authorizer.errors import KeyIdError, RevokedError, SignatureError
from authorizer.revocations import Revocations


class Signature(Protocol):
    """One algorithm with its keys. A verifier has exactly one, so that no token can choose."""

    algorithm: str

    def key(self, key_id: str | None) -> Any:  # noqa: ANN401 - what `is_good` takes
        """Return the trusted key of that name; raises a RefusalError."""

    def is_good(self, signed: bytes, key: Any, signature: bytes) -> bool:  # noqa: ANN401
        """Whether the signature over the octets was made with the key."""


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

    def key(self, key_id: str | None) -> RSAPublicKey:
        """Return the issuer's key of that name; raises KeyIdError, UnknownKeyError or StaleKeysError."""
        if key_id is None:
            raise KeyIdError
        return self._keys.find(key_id)

    def is_good(self, signed: bytes, key: RSAPublicKey, signature: bytes) -> bool:
        """Whether the signature over the octets was made with the key."""
        return self._pyjwt.verify(signed, key, signature)


class Hs256:
    """HMAC with SHA-256 (RFC 7518 §3.2), for a tenant that still signs with a shared secret. Opt-in."""

    algorithm = "HS256"
    _pyjwt = HMACAlgorithm(HMACAlgorithm.SHA256)

    def __init__(self, secret: Callable[[], bytes]) -> None:
        """Take what returns the secret, or raises SecretError; it is asked with every token."""
        self._secret = secret

    def key(self, key_id: str | None) -> bytes:  # noqa: ARG002 - there is one secret
        """Return the secret; raises SecretError."""
        return self._secret()

    def is_good(self, signed: bytes, key: bytes, signature: bytes) -> bool:
        """Whether the signature over the octets was made with the secret."""
        return self._pyjwt.verify(signed, key, signature)


class Examined:
    """What is known of a token so far, for the log: also of one that is refused. The claims are the issuer's own."""

    claims: dict[str, Any] | None = None
    key_id: str | None = None
    subject_hash: str | None = None


class Verifier:
    """Verifies access tokens: parsed strictly, every claim checked, the signature good, nothing of it revoked."""

    def __init__(
        self,
        signature: Signature,
        expected: claim_rules.Expected,
        revocations: Revocations,
        subject_hash: Callable[[str], str],
        clock: Callable[[], float],
    ) -> None:
        """Take the algorithm with its keys, what tokens must say, what is revoked, and a clock in Unix time.

        `subject_hash` turns a `sub` into what stands for it in the log and among what is revoked.
        """
        self.revocations = revocations
        self.expected = expected
        self.subject_hash = subject_hash
        self._signature = signature
        self._clock = clock

    def verify(self, token: str, examined: Examined | None = None) -> dict[str, Any]:
        """Return the claims of a good token; raises the TokenError that names the first check that failed.

        The signature comes before the claims: what the issuer did not sign is never parsed, however large or nested it
        is, and costs less than a token that is accepted. No claim leaves this method before every check has passed;
        `examined` gets what the log may tell of the token.
        """
        examined = examined or Examined()
        signed, header_segment, payload, signature = jws.split(token)
        key_id, is_rfc9068 = jws.read_header(header_segment, self._signature.algorithm)
        examined.key_id = key_id
        key = self._signature.key(key_id)
        # Both here, and not one behind the RSA verification, which empties the processor's caches: 1.1 µs.
        signature_octets, octets = jws.decode_base64url(signature), jws.decode_base64url(payload)
        if not self._signature.is_good(signed, key, signature_octets):
            raise SignatureError
        examined.claims = claims = jws.decode_object(octets)
        now = self._clock()
        claim_rules.check(claims, self.expected, now, is_rfc9068)
        self._refuse_revoked(claims, now, examined)
        return claims

    def _refuse_revoked(self, claims: dict[str, Any], now: float, examined: Examined) -> None:
        examined.subject_hash = subject_hash = self.subject_hash(claims["sub"])
        if not self.revocations.until:  # the usual case, 0.3 µs
            return
        revoked = self.revocations.match(
            subject_hash=subject_hash,
            client_id=claim_rules.client_of(claims),
            key_id=examined.key_id,
            token_id=claims.get("jti"),
            now=now,
        )
        if revoked is not None:
            raise RevokedError(revoked)
