"""Whether a token is one of our issuer's, for this API, now.

The library `cryptography` checks signatures. Header and claims are parsed by modules jws and claims: the documented
calls of JWT libraries let through what has to be refused here, a missing `exp`, any `typ`, duplicate members, dates as
strings and more (docs/decisions/0019).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from authorizer import claims as claim_rules
from authorizer import jws
from authorizer.errors import RevokedError, SignatureError
from authorizer.revocations import Revocations

type FindKey[K] = Callable[[str | None], K]
"""From a `kid` to the trusted key of that name; raises a TokenError."""


class Signature(NamedTuple):
    """One algorithm with its keys. A verifier has exactly one, so that no token can choose."""

    name: str  # as in `alg` (RFC 7518 §3.1)
    find_key: FindKey[Any]
    check: Callable[[Any, bytes, bytes], None]  # of key, signature and the octets that it covers; raises SignatureError


def rs256(find_key: FindKey[RSAPublicKey]) -> Signature:
    """Return RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), by the issuer's public keys."""
    padding, algorithm = PKCS1v15(), SHA256()

    def check(key: RSAPublicKey, signature: bytes, signed: bytes) -> None:
        try:
            key.verify(signature, signed, padding, algorithm)
        except InvalidSignature:
            raise SignatureError from None

    return Signature("RS256", find_key, check)


def hs256(find_secret: FindKey[bytes]) -> Signature:
    """Return HMAC with SHA-256 (RFC 7518 §3.2), for a tenant that still signs with a shared secret. Opt-in."""
    # Imported here, because it loads a second OpenSSL, which RS256 does not need.
    from hmac import compare_digest, digest

    def check(secret: bytes, signature: bytes, signed: bytes) -> None:
        if not compare_digest(signature, digest(secret, signed, "sha256")):
            raise SignatureError

    return Signature("HS256", find_secret, check)


class Examined:
    """What the log may tell of a request, as far as it has been examined; the claims are signed by the issuer."""

    __slots__ = ("claims", "key_id", "outcome", "subject_hash")

    def __init__(self) -> None:
        self.claims: dict[str, Any] | None = None
        self.key_id: str | None = None
        self.subject_hash: str | None = None
        self.outcome = ""  # made by decision_log


class Verifier:
    """Verifies access tokens: parsed strictly, the signature good, every claim checked, nothing of it revoked."""

    def __init__(
        self,
        signature: Signature,
        expected: claim_rules.Expected,
        revocations: Revocations,
        subject_hash: Callable[[str], str],
        clock: Callable[[], float],
    ) -> None:
        """Take the parts of a verification.

        Args:
            signature: the one algorithm, with its keys.
            expected: the values that the claims have to match.
            revocations: the list of what is revoked.
            subject_hash: the keyed hash of a `sub`.
            clock: Unix time in seconds.
        """
        self.revocations = revocations
        self.expected = expected
        self.subject_hash = subject_hash
        self._algorithm, self._find_key, self._check_signature = signature
        self._clock = clock

    def verify(self, token: str, examined: Examined | None = None) -> dict[str, Any]:
        """Return the claims of a good token; raises the TokenError that names the first check that failed.

        The signature comes before the claims: claims that the issuer did not sign are never parsed, however large or
        nested they are, and cost less than a token that is accepted. No claim leaves this method before every check
        has passed; `examined` gets what the log may tell of the token.
        """
        examined = examined or Examined()
        signed, header_segment, payload_segment, signature_segment = jws.split(token)
        header = jws.read_header(header_segment, self._algorithm)
        examined.key_id = header.key_id
        key = self._find_key(header.key_id)
        # Both are decoded before the verification, which takes the processor's caches.
        signature, payload = jws.decode_base64url(signature_segment), jws.decode_base64url(payload_segment)
        self._check_signature(key, signature, signed)
        examined.claims = claims = jws.decode_object(payload)
        now = self._clock()
        claim_rules.check(claims, self.expected, now, header.is_rfc9068)
        examined.subject_hash = subject_hash = self.subject_hash(claims["sub"])
        if self.revocations.until:
            self._refuse_revoked(claims, now, subject_hash, header.key_id)
        return claims

    def _refuse_revoked(self, claims: dict[str, Any], now: float, subject_hash: str, key_id: str | None) -> None:
        revoked = self.revocations.match(
            subject_hash=subject_hash,
            client_id=claim_rules.client_of(claims),
            key_id=key_id,
            token_id=claims.get("jti"),
            now=now,
        )
        if revoked is not None:
            raise RevokedError(revoked)
