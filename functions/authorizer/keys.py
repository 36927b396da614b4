"""The issuer's public keys: known from the start, renewed in place, and kept through an outage of the issuer.

Lambda freezes a function between two invocations, so nothing can be renewed in the background: a request that comes
past the soft age renews the keys on its way, within the download's deadline.
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer import jwks
from authorizer.errors import StaleKeysError, UnknownKeyError

SOFT_AGE_SECONDS = 3_600  # from here on the keys are renewed; a key that the tenant revoked is trusted no longer
HARD_AGE_SECONDS = 86_400  # from here on they are trusted no more, should every renewal have failed
COOLDOWN_SECONDS = 15  # between two downloads: the longest that a flood of unknown kids can hold up a new key
LONGEST_COOLDOWN_SECONDS = 120  # the cooldown doubles up to here while the issuer does not answer
ABSENT_SECONDS = 60  # for how long a kid that the issuer did not publish is no reason for another download
ABSENT_LIMIT = 256  # kids remembered as absent


class Keys:
    """Finds a key by its `kid`, among those at hand or, when it is unknown, among those that the issuer now publishes.

    One download fetches all keys, so after one the cooldown answers for every unknown kid at once: however many of
    them come in, the issuer is asked once a cooldown, and a new key is known within one.
    """

    def __init__(
        self, known: Mapping[str, RSAPublicKey], download: Callable[[], bytes], clock: Callable[[], float]
    ) -> None:
        """Take the keys known at deploy, how to get the issuer's JWK set now, and a monotonic clock in seconds.

        `download` returns the document, within a deadline of its own, or raises OSError.
        """
        self._keys = known
        self._download = download
        self._clock = clock
        self._renewed_at = clock()
        self._next_download_at = self._renewed_at
        self._cooldown: float = COOLDOWN_SECONDS
        self._absent: dict[str, float] = {}  # kid: the time until which it is no reason to download

    def find(self, key_id: str) -> RSAPublicKey:
        """Return the key of that name; raises UnknownKeyError, or StaleKeysError past the hard age."""
        now = self._clock()
        unknown = key_id not in self._keys and self._absent.get(key_id, now) <= now
        wanted = unknown or now - self._renewed_at >= SOFT_AGE_SECONDS
        renewed = wanted and now >= self._next_download_at and self._renew()
        if now - self._renewed_at >= HARD_AGE_SECONDS:
            raise StaleKeysError
        key = self._keys.get(key_id)
        if key is None:
            if renewed:
                self._remember_absent(key_id)
            raise UnknownKeyError
        return key

    def _renew(self) -> bool:
        """Replace the keys by those that the issuer publishes; False, and the old ones stay, when that fails."""
        try:
            self._keys = jwks.read(self._download())
        except (OSError, jwks.KeySetError):
            self._next_download_at = self._clock() + self._cooldown
            self._cooldown = min(2 * self._cooldown, LONGEST_COOLDOWN_SECONDS)
            return False
        self._renewed_at = self._clock()
        self._cooldown = COOLDOWN_SECONDS
        self._next_download_at = self._renewed_at + self._cooldown
        return True

    def _remember_absent(self, key_id: str) -> None:
        if len(self._absent) >= ABSENT_LIMIT:
            self._absent.pop(next(iter(self._absent)))  # the oldest
        self._absent[key_id] = self._clock() + ABSENT_SECONDS
