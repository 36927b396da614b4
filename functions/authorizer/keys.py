"""Which key verifies a token: known from the start, renewed in place, and kept through an outage of the issuer.

Lambda freezes a function between two invocations, so nothing can be renewed in the background: a request that comes
past the soft age renews the keys on its way, within the download's deadline.
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer import jwks
from authorizer.errors import KeyIdError, SecretError, StaleKeysError, UnknownKeyError

SOFT_AGE_SECONDS = 3_600  # from here on the keys are renewed; a key that the tenant withdrew is trusted no longer
HARD_AGE_SECONDS = 86_400  # from here on they are trusted no more, should every renewal have failed; a setting
COOLDOWN_SECONDS = 30  # from the start of a download to that of the next
SECRET_COOLDOWN_SECONDS = 5  # from a failure to load the secret to the next attempt


class Keys:
    """Finds a key by its `kid`, among those at hand or, when it is unknown, among those that the issuer now publishes.

    One download fetches all keys, so the cooldown answers for every unknown kid at once: however many of them come in,
    and whether the issuer answers or not, it is asked at most once in COOLDOWN_SECONDS. No kid is remembered as absent
    and no failure makes the wait longer. So the longest that a new key waits, under a flood of unknown kids too, is
    COOLDOWN_SECONDS from when the issuer publishes it, and the time of one download.
    """

    def __init__(
        self,
        known: Mapping[str, RSAPublicKey],
        download: Callable[[], bytes],
        clock: Callable[[], float],
        hard_age_seconds: float = HARD_AGE_SECONDS,
        report: Callable[[str], object] = lambda _problem: None,
    ) -> None:
        """Take the keys known at deploy, how to get the issuer's JWK set now, and a monotonic clock in seconds.

        `download` returns the document, within a deadline of its own, or raises OSError; `report` is told, in words for
        the operator, when that fails or the document cannot be used.
        """
        self._keys = known
        self._download = download
        self._clock = clock
        self._hard_age_seconds = hard_age_seconds
        self._report = report
        self._renewed_at = clock()
        self._next_download_at = self._renewed_at

    def find(self, key_id: str | None) -> RSAPublicKey:
        """Return the key of that name; raises KeyIdError, UnknownKeyError, or StaleKeysError past the hard age."""
        if key_id is None:  # which of several keys was meant, nobody can tell
            raise KeyIdError
        now = self._clock()
        key = self._keys.get(key_id)
        if key is not None and now - self._renewed_at < SOFT_AGE_SECONDS:
            return key
        if now >= self._next_download_at:
            self._renew(now)
        if now - self._renewed_at >= self._hard_age_seconds:
            raise StaleKeysError
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKeyError(key_id)
        return key

    def _renew(self, now: float) -> None:
        """Replace the keys by those that the issuer publishes; the old ones stay when that fails."""
        self._next_download_at = now + COOLDOWN_SECONDS
        try:
            self._keys = jwks.read(self._download())
        except (OSError, jwks.KeySetError) as error:
            self._report(f"The issuer's key set could not be renewed: {error}.")
            return
        self._renewed_at = now


class Secret:
    """The shared secret of HS256, loaded when it is first needed and kept from then on."""

    def __init__(self, load: Callable[[], bytes], clock: Callable[[], float]) -> None:
        """Take how to load the secret, or raise SecretError, and a monotonic clock in seconds."""
        self._load = load
        self._clock = clock
        self._secret: bytes | None = None
        self._next_attempt_at = clock()
        self._failure: str | None = None

    def find(self, _key_id: str | None) -> bytes:
        """Return the one secret; raises SecretError, within the cooldown after a failure without another attempt."""
        if self._secret is None:
            if self._clock() < self._next_attempt_at:
                raise SecretError(self._failure)
            try:
                self._secret = self._load()
            except SecretError as error:
                self._failure = error.problem
                self._next_attempt_at = self._clock() + SECRET_COOLDOWN_SECONDS
                raise
        return self._secret
