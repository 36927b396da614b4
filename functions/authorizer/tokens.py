"""Decides whether a token is our issuer's, for this API, and valid now.

PyJWT reads keys and checks signatures. The modules jws and claims parse header and claims, because PyJWT's `decode`
accepts tokens that have to be refused here: without `exp`, with any `typ`, with duplicate members, with dates as
strings, and others (docs/decisions/0019).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import Algorithm, HMACAlgorithm, RSAAlgorithm

from authorizer import claims as claim_rules
from authorizer import jws
from authorizer.errors import RevokedError, SignatureError
from authorizer.revocations import Revocations

type FindKey[K] = Callable[[str | None], K]
"""Takes a `kid`, returns the trusted key of that name; raises a TokenError."""


class Signature(NamedTuple):
    """One algorithm with its keys. A verifier has exactly one, so a token cannot choose."""

    name: str  # as in `alg` (RFC 7518 §3.1)
    find_key: FindKey[Any]
    algorithm: Algorithm  # PyJWT's, for this one name


def rs256(find_key: FindKey[RSAPublicKey]) -> Signature:
    """Return RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), for the issuer's public keys."""
    return Signature("RS256", find_key, RSAAlgorithm(RSAAlgorithm.SHA256))


def hs256(find_secrets: FindKey[tuple[bytes, ...]]) -> Signature:
    """Return HMAC with SHA-256 (RFC 7518 §3.2), for a tenant that still signs with a shared secret. Opt-in."""
    return Signature("HS256", find_secrets, _EitherSecret(HMACAlgorithm.SHA256))


class _EitherSecret(HMACAlgorithm):
    """HMAC with one secret or, during a rotation (signing_secret), with either of two."""

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:  # noqa: ANN401 - a tuple, where PyJWT has bytes
        return any(HMACAlgorithm.verify(self, msg, secret, sig) for secret in key)


class Examined:
    """The facts about a request that the log may show, as far as it was examined; the issuer has signed the claims."""

    __slots__ = ("claims", "key_id", "outcome", "subject_hash")

    def __init__(self) -> None:
        self.claims: dict[str, Any] | None = None
        self.key_id: str | None = None
        self.subject_hash: str | None = None
        self.outcome = ""  # the text of decision_log


class Verifier:
    """Verifies access tokens: parses strictly, checks the signature and every claim, and refuses revoked ones."""

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
            revocations: the revocation list.
            subject_hash: the keyed hash of a `sub`.
            clock: Unix time in seconds.
        """
        self.revocations = revocations
        self.expected = expected
        self.subject_hash = subject_hash
        self._algorithm_name, self._find_key, self._algorithm = signature
        self._clock = clock

    def verify(self, token: str, examined: Examined | None = None) -> dict[str, Any]:
        """Return the claims of a good token; raises the TokenError of the first check that failed.

        The signature comes first, so claims that the issuer did not sign are never parsed, however large or nested they
        are; refusing them costs less than accepting a token. No claim leaves this method before every check has passed.
        `examined` gets the facts about the token that the log may show.
        """
        examined = examined or Examined()
        signed, header_segment, payload_segment, signature_segment = jws.split(token)
        header = jws.read_header(header_segment, self._algorithm_name)
        examined.key_id = header.key_id
        key = self._find_key(header.key_id)
        # Decode both before the verification, because that evicts the CPU caches.
        signature, payload = jws.decode_base64url(signature_segment), jws.decode_base64url(payload_segment)
        if not self._algorithm.verify(signed, key, signature):
            raise SignatureError
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
