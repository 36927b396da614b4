"""The keys and the secret that verify tokens: when they are fetched again, and how long they outlive an outage.

Lambda freezes a container between two invocations, so nothing is renewed in the background: the first decision after
MAX_AGE_SECONDS fetches, within the download's deadline, and goes on with the old value when that fails.
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer import jwks
from authorizer.ages import MAX_AGE_SECONDS, STALE_IF_ERROR, Clocks, Deadline
from authorizer.errors import KeyIdError, SecretError, StaleKeysError, UnknownKeyError

type Report = Callable[[str, float], object]
"""Takes a sentence for the operator, and the share of stale-if-error that is left, from 1 to 0."""

COOLDOWN_SECONDS = 30  # from the start of one download to the start of the next
SECRET_COOLDOWN_SECONDS = 5  # from a failure to load the secret to the next attempt


class Keys:
    """Finds a key by its `kid`, among those at hand or, if it is unknown, among those that the issuer now publishes.

    One download fetches all keys, so one cooldown answers for every unknown kid: however many of them come in, and
    whether the issuer answers or not, it is asked at most once in COOLDOWN_SECONDS. No kid is remembered as absent
    and no failure makes the wait longer. So the longest that a new key waits, also under a flood of unknown kids, is
    COOLDOWN_SECONDS from when the issuer publishes it, and the time of one download.
    """

    def __init__(
        self,
        known: Mapping[str, RSAPublicKey],
        download: Callable[[], bytes],
        clocks: Clocks,
        stale_if_error_seconds: float = STALE_IF_ERROR.default,
        report: Report = lambda _problem, _left: None,
        fetched_at: float | None = None,
    ) -> None:
        """Take the keys of the deployment and the way to the issuer's current ones.

        Args:
            known: the keys of the deployment by `kid`.
            download: returns the issuer's JWK set within a deadline of its own, or raises OSError.
            clocks: decide on the ages.
            stale_if_error_seconds: how long keys are trusted while they cannot be fetched.
            report: is called when they cannot.
            fetched_at: when `known` was fetched, in Unix time; None counts as now.
        """
        self._keys = known
        self._download = download
        self._clocks = clocks
        self._stale_if_error_seconds = stale_if_error_seconds
        self._report = report
        self._next_download = Deadline(clocks, 0)
        age = 0 if fetched_at is None else max(clocks.unix() - fetched_at, 0)
        self._trust_for(MAX_AGE_SECONDS - age)

    def find(self, key_id: str | None) -> RSAPublicKey:
        """Return the key of that name; raises KeyIdError, UnknownKeyError, or StaleKeysError past stale-if-error."""
        if key_id is None:  # nobody can tell which of several keys is meant
            raise KeyIdError
        key = self._keys.get(key_id)
        if key is not None and not self._stale.has_passed():
            return key
        if self._next_download.has_passed():
            self._renew()
        if self._untrusted.has_passed():
            raise StaleKeysError
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKeyError(key_id)
        return key

    def _renew(self) -> None:
        """Replace the keys by those that the issuer publishes; the old ones stay when that fails."""
        self._next_download = Deadline(self._clocks, COOLDOWN_SECONDS)
        try:
            self._keys = jwks.read(self._download())
        except (OSError, jwks.KeySetError) as error:
            left = self._untrusted.seconds_left() / self._stale_if_error_seconds
            self._report(f"The issuer's key set could not be renewed: {error}.", left)
            return
        self._trust_for(MAX_AGE_SECONDS)

    def _trust_for(self, seconds: float) -> None:
        self._stale = Deadline(self._clocks, seconds)
        self._untrusted = Deadline(self._clocks, self._stale_if_error_seconds)


class Secret[S]:
    """The shared secret of HS256: loaded for the first decision, and again when it is older than MAX_AGE_SECONDS.

    `S` is the form in which it is loaded: during a rotation there are two.
    """

    def __init__(
        self,
        load: Callable[[], S],
        clocks: Clocks,
        stale_if_error_seconds: float = STALE_IF_ERROR.default,
        report: Report = lambda _problem, _left: None,
    ) -> None:
        """Take the way to the secret.

        `load` returns it or raises SecretError. `report` is called when that fails later.
        """
        self._load = load
        self._clocks = clocks
        self._stale_if_error_seconds = stale_if_error_seconds
        self._report = report
        self._secret: S | None = None
        self._problem: str | None = None
        self._stale = self._untrusted = self._next_attempt = Deadline(clocks, 0)

    def find(self, _key_id: str | None) -> S:
        """Return the one secret; raises SecretError, within the cooldown after a failure without another attempt.

        A secret that is at hand outlives a store that does not answer, up to stale-if-error. It does not outlive a
        secret in the store that may not be used: then the old one is not the issuer's any more.
        """
        if self._secret is not None and not self._stale.has_passed():
            return self._secret
        if self._next_attempt.has_passed():
            self._renew()
        if self._secret is None or self._untrusted.has_passed():
            raise SecretError(self._problem)
        return self._secret

    def _renew(self) -> None:
        try:
            self._secret = self._load()
        except SecretError as error:
            self._problem = error.problem
            self._next_attempt = Deadline(self._clocks, SECRET_COOLDOWN_SECONDS)
            if error.is_final:
                self._secret = None
            elif self._secret is not None:
                left = self._untrusted.seconds_left() / self._stale_if_error_seconds
                self._report(f"The signing secret could not be read again: {error.problem}.", left)
            return
        self._stale = Deadline(self._clocks, MAX_AGE_SECONDS)
        self._untrusted = Deadline(self._clocks, self._stale_if_error_seconds)
