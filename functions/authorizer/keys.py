"""The keys and the secret that verify tokens: when to fetch them again, and how long to trust them in an outage.

Lambda freezes a container between two invocations, so nothing can be renewed in the background. The first decision
after MAX_AGE_SECONDS fetches, within the download's deadline; if that fails, it goes on with the old value.
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from authorizer import jwks
from authorizer.ages import MAX_AGE_SECONDS, STALE_IF_ERROR, Clocks, Deadline
from authorizer.errors import KeyIdError, SecretError, StaleKeysError, UnknownKeyError

type Report = Callable[[str, float], object]
"""Takes a sentence for the operator, and the remaining share of stale-if-error, from 1 to 0."""

COOLDOWN_SECONDS = 30  # from the start of one download to the start of the next
SECRET_COOLDOWN_SECONDS = 5  # from a failure to load the secret to the next attempt


class Keys:
    """Finds a key by its `kid` among the present keys or, if it is unknown, among those that the issuer now publishes.

    One download fetches all keys, so one cooldown covers every unknown kid: the authorizer asks the issuer at most once
    in COOLDOWN_SECONDS, however many unknown kids arrive, and whether the issuer answers or not. It remembers no kid as
    absent, and no failure makes the wait longer. So a new key waits at most COOLDOWN_SECONDS after its publication plus
    the time of one download, even under a flood of unknown kids.
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
        """Take the deployed keys, and the function that downloads the issuer's present ones.

        Args:
            known: the deployed keys by `kid`.
            download: returns the issuer's JWK set within its own deadline, or raises OSError.
            clocks: measure the ages.
            stale_if_error_seconds: how long keys are trusted while they cannot be fetched.
            report: is called when they cannot be fetched.
            fetched_at: when `known` was fetched, in Unix time; None means now.
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
        """Return the key of that name; raises KeyIdError, UnknownKeyError, or StaleKeysError after stale-if-error."""
        if key_id is None:  # nobody can tell which of several keys the token means
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
        """Replace the keys by those that the issuer publishes; keep the old ones if that fails."""
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
    """The HS256 secret: loaded for the first decision, and again once it is older than MAX_AGE_SECONDS.

    `S` is the type that `load` returns: during a rotation there are two secrets.
    """

    def __init__(
        self,
        load: Callable[[], S],
        clocks: Clocks,
        stale_if_error_seconds: float = STALE_IF_ERROR.default,
        report: Report = lambda _problem, _left: None,
    ) -> None:
        """Take the function that loads the secret.

        `load` returns the secret or raises SecretError. `report` is called if a later attempt fails.
        """
        self._load = load
        self._clocks = clocks
        self._stale_if_error_seconds = stale_if_error_seconds
        self._report = report
        self._secret: S | None = None
        self._problem: str | None = None
        self._stale = self._untrusted = self._next_attempt = Deadline(clocks, 0)

    def find(self, _key_id: str | None) -> S:
        """Return the one secret; raises SecretError, and during the cooldown after a failure without another attempt.

        If the store does not answer, a loaded secret stays valid up to stale-if-error. If the store answers with a
        secret that must not be used, the old one becomes invalid too, because it is no longer the issuer's.
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
