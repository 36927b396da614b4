"""The life of keys: no network at first, rotation, floods, outages. The issuer is a real HTTP server."""

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from authorizer import ages, errors, keys
from authorizer.ages import Clocks
from authorizer.download import download
from authorizer.jwks import read
from authorizer.keys import Keys, Secret

type Workshop = Any  # these are in conftest, which pytest's importlib mode does not let us import
type KeyServer = Any
type MovableClock = Any


@pytest.fixture
def monotonic(clock: MovableClock) -> MovableClock:
    return clock


@pytest.fixture
def known(workshop: Workshop, key_server: KeyServer, monotonic: MovableClock) -> Keys:
    """`key-1` and `key-2` are deployed; the server publishes the same keys until a test changes that."""
    return Keys(read(workshop.jwks), partial(download, key_server.url, 5.0), Clocks(monotonic, monotonic))


@pytest.fixture
def rotate(workshop: Workshop, key_server: KeyServer) -> Callable[[], None]:
    """Make the issuer publish `key-3` instead of `key-1`."""

    def publish() -> None:
        keys = [workshop.jwk(workshop.other_key, "key-2"), workshop.jwk(workshop.encryption_key, "key-3")]
        key_server.body = workshop.jwk_set(*keys)

    return publish


def test_a_key_known_at_deploy_needs_no_network(known: Keys, workshop: Workshop, key_server: KeyServer) -> None:
    assert known.find("key-1") == workshop.key.public_key()
    assert key_server.requests == []


def test_an_unknown_kid_asks_the_issuer(
    known: Keys, workshop: Workshop, key_server: KeyServer, rotate: Callable[[], None]
) -> None:
    rotate()
    assert known.find("key-3") == workshop.encryption_key.public_key()
    assert key_server.requests == ["/.well-known/jwks.json"]


def test_a_key_that_the_issuer_withdrew_is_gone_after_the_next_download(
    known: Keys, rotate: Callable[[], None]
) -> None:
    rotate()
    known.find("key-3")
    with pytest.raises(errors.UnknownKeyError):
        known.find("key-1")


def test_a_flood_of_unknown_kids_asks_once_a_cooldown(
    known: Keys, key_server: KeyServer, monotonic: MovableClock
) -> None:
    for second in range(60):
        monotonic.now += 1
        for number in range(20):
            with pytest.raises(errors.UnknownKeyError):
                known.find(f"flood-{second}-{number}")
    assert len(key_server.requests) == 60 / keys.COOLDOWN_SECONDS


def test_a_new_key_waits_at_most_a_cooldown_whatever_was_asked_before(
    known: Keys, workshop: Workshop, monotonic: MovableClock, rotate: Callable[[], None], key_server: KeyServer
) -> None:
    for number in range(1_000):
        with pytest.raises(errors.UnknownKeyError):
            known.find(f"flood-{number}")
    with pytest.raises(errors.UnknownKeyError):
        known.find("key-3")  # a moment before it is published
    rotate()
    monotonic.now += keys.COOLDOWN_SECONDS - 0.001
    with pytest.raises(errors.UnknownKeyError):
        known.find("key-3")
    monotonic.now += 0.001
    with pytest.raises(errors.UnknownKeyError):
        known.find("flood-again")
    assert known.find("key-3") == workshop.encryption_key.public_key()
    assert len(key_server.requests) == 2


def test_an_outage_does_not_make_a_new_key_wait_longer(
    known: Keys, workshop: Workshop, key_server: KeyServer, monotonic: MovableClock, rotate: Callable[[], None]
) -> None:
    key_server.status = 503
    for _ in range(1_200):
        with pytest.raises(errors.UnknownKeyError):
            known.find("key-3")
        monotonic.now += 1
    key_server.status = 200
    rotate()
    monotonic.now += keys.COOLDOWN_SECONDS
    assert known.find("key-3") == workshop.encryption_key.public_key()


def test_a_flood_does_not_touch_the_keys_at_hand(known: Keys, workshop: Workshop, key_server: KeyServer) -> None:
    key_server.status = 500
    for number in range(100):
        with pytest.raises(errors.UnknownKeyError):
            known.find(f"flood-{number}")
        assert known.find("key-1") == workshop.key.public_key()
    assert len(key_server.requests) == 1


def test_keys_are_renewed_past_their_max_age(
    known: Keys, key_server: KeyServer, monotonic: MovableClock, rotate: Callable[[], None]
) -> None:
    rotate()
    monotonic.now += ages.MAX_AGE_SECONDS - 1
    known.find("key-1")
    assert key_server.requests == []
    monotonic.now += 1
    with pytest.raises(errors.UnknownKeyError):
        known.find("key-1")
    assert len(key_server.requests) == 1


def spoil_status(server: KeyServer, _: Workshop) -> None:
    server.status = 503


def spoil_redirect(server: KeyServer, _: Workshop) -> None:
    server.status, server.headers = 302, {"Location": server.url}


def spoil_garbage(server: KeyServer, _: Workshop) -> None:
    server.body = b"<html>Service unavailable</html>"


def spoil_empty(server: KeyServer, _: Workshop) -> None:
    server.body = b'{"keys": []}'


def spoil_weak(server: KeyServer, workshop: Workshop) -> None:
    server.body = workshop.jwk_set(workshop.jwk(workshop.weak_key, "key-1"))


def spoil_oversize(server: KeyServer, workshop: Workshop) -> None:
    server.body = workshop.jwks + b" " * 150_000


def spoil_nesting(server: KeyServer, _: Workshop) -> None:
    server.body = b"[" * 60_000


def spoil_cut(server: KeyServer, _: Workshop) -> None:
    server.cut = 10


def spoil_twins(server: KeyServer, workshop: Workshop) -> None:
    server.body = workshop.jwk_set(workshop.jwk(workshop.key, "key-1"), workshop.jwk(workshop.other_key, "key-1"))


def spoil_twice(server: KeyServer, _: Workshop) -> None:
    server.body = server.body[:-1] + b',"keys":[]}'


SPOILERS = [
    spoil_status,
    spoil_redirect,
    spoil_garbage,
    spoil_empty,
    spoil_weak,
    spoil_oversize,
    spoil_nesting,
    spoil_cut,
    spoil_twins,
    spoil_twice,
]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_while_the_issuer_answers_badly_the_keys_at_hand_stay_until_stale_if_error(
    spoil: Callable[[KeyServer, Workshop], None],
    known: Keys,
    workshop: Workshop,
    key_server: KeyServer,
    monotonic: MovableClock,
) -> None:
    spoil(key_server, workshop)
    monotonic.now += ages.STALE_IF_ERROR.default - 1
    assert known.find("key-1") == workshop.key.public_key()
    assert len(key_server.requests) == 1
    monotonic.now += 1
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")


def test_a_failed_renewal_is_reported_in_words_for_the_operator(
    workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    reports: list[tuple[str, float]] = []
    known = Keys(
        read(workshop.jwks),
        partial(download, key_server.url, 5.0),
        Clocks(monotonic, monotonic),
        report=lambda *report: reports.append(report),
    )
    monotonic.now += ages.MAX_AGE_SECONDS
    known.find("key-1")
    assert reports == []
    key_server.status = 503
    for _ in range(3):
        monotonic.now += ages.MAX_AGE_SECONDS
        known.find("key-1")
    told = "The issuer's key set could not be renewed: no document: not status 200."
    assert reports == [(told, 23 / 24), (told, 22 / 24), (told, 21 / 24)], "the share of a day that is left"
    key_server.status, key_server.body = 200, b"{}"
    monotonic.now += ages.MAX_AGE_SECONDS
    known.find("key-1")
    assert [problem for problem, _ in reports[3:]] == [
        "The issuer's key set could not be renewed: not a JWK set: a JSON object with an array `keys`."
    ]
    monotonic.now += ages.STALE_IF_ERROR.default
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")
    assert reports[-1][1] == 0, "never below"


def test_the_time_left_is_that_of_the_clock_that_went_further() -> None:
    unix, monotonic = Clock(), Clock()
    deadline = ages.Deadline(Clocks(unix, monotonic), 100)
    unix.now += 60
    monotonic.now += 10
    assert deadline.seconds_left() == 40
    monotonic.now += 80
    assert deadline.seconds_left() == 10
    unix.now += 60
    assert deadline.seconds_left() == 0


def test_an_issuer_that_is_back_is_trusted_again_after_stale_if_error(
    known: Keys, workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.status = 500
    monotonic.now += ages.STALE_IF_ERROR.default
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")
    key_server.status = 200
    monotonic.now += keys.COOLDOWN_SECONDS
    assert known.find("key-1") == workshop.key.public_key()


@pytest.mark.parametrize("key_id", ["key-1", "unknown"], ids=["a known key", "unknown keys"])
def test_an_issuer_that_is_down_is_asked_once_a_cooldown(
    key_id: str, known: Keys, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.status = 500
    monotonic.now += ages.MAX_AGE_SECONDS
    for number in range(600):
        with contextlib.suppress(errors.UnknownKeyError):
            known.find(key_id if key_id == "key-1" else f"{key_id}-{number}")
        monotonic.now += 1
    assert len(key_server.requests) == 600 / keys.COOLDOWN_SECONDS


def test_through_an_outage_of_an_hour_every_known_key_is_found(
    known: Keys, workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.status = 503
    monotonic.now += ages.MAX_AGE_SECONDS - 1
    for _ in range(61):
        assert known.find("key-1") == workshop.key.public_key()
        assert known.find("key-2") == workshop.other_key.public_key()
        monotonic.now += 60


def test_stale_if_error_is_a_setting(workshop: Workshop, monotonic: MovableClock) -> None:
    def down() -> bytes:
        raise ConnectionRefusedError

    known = Keys(read(workshop.jwks), down, Clocks(monotonic, monotonic), stale_if_error_seconds=10_000)
    monotonic.now += 9_999
    assert known.find("key-1") == workshop.key.public_key()
    monotonic.now += 1
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")


def test_a_dead_port_is_an_outage_like_any_other(
    workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.stop()
    known = Keys(read(workshop.jwks), partial(download, key_server.url, 5.0), Clocks(monotonic, monotonic))
    monotonic.now += ages.MAX_AGE_SECONDS
    assert known.find("key-1") == workshop.key.public_key()


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_dripping_issuer_holds_nobody_beyond_the_deadline(
    part: str, workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.drip = part
    known = Keys(read(workshop.jwks), partial(download, key_server.url, 0.2), Clocks(monotonic, monotonic))
    monotonic.now += ages.MAX_AGE_SECONDS
    assert known.find("key-1") == workshop.key.public_key()
    assert not key_server.released.is_set()  # the server would have continued to drip


def test_a_server_that_drips_for_hours_gathers_no_threads(
    workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key_server.drip = "body"
    known = Keys(read(workshop.jwks), partial(download, key_server.url, 0.1), Clocks(monotonic, monotonic))
    for _ in range(5):
        monotonic.now += ages.MAX_AGE_SECONDS
        known.find("key-1")
    workers = [thread for thread in threading.enumerate() if thread.name == "download"]
    for worker in workers:
        worker.join(5)
    assert not any(worker.is_alive() for worker in workers)
    assert not key_server.released.is_set()


def test_flawed_keys_next_to_a_new_good_one_are_unknown_and_the_good_one_is_known(
    known: Keys, workshop: Workshop, key_server: KeyServer, monotonic: MovableClock
) -> None:
    key, other = workshop.key, workshop.other_key
    flawed = {
        "encryption": workshop.jwk(key, "encryption", use="enc"),
        "another-algorithm": workshop.jwk(key, "another-algorithm", alg="RS512"),
        "signing-only": workshop.jwk(key, "signing-only", key_ops=["sign"]),
        "weak": workshop.jwk(workshop.weak_key, "weak"),
        "exponent-three": workshop.jwk(key, "exponent-three", e="Aw"),
        "private": workshop.jwk(key, "private", d="AQAB"),
    }
    twins = [workshop.jwk(key, "twins"), workshop.jwk(other, "twins")]
    good = workshop.jwk(workshop.encryption_key, "key-3")
    key_server.body = workshop.jwk_set(*flawed.values(), *twins, good, None, "key-4", {"kid": "no-key"})
    assert known.find("key-3") == workshop.encryption_key.public_key()
    for key_id in [*flawed, "twins", "no-key"]:
        with pytest.raises(errors.UnknownKeyError):
            known.find(key_id)
    assert len(key_server.requests) == 1


class Store:
    """A store with a secret; it counts its requests."""

    def __init__(self) -> None:
        self.asked = 0
        self.problem: str | None = None

    def __call__(self) -> bytes:
        self.asked += 1
        if self.problem:
            raise errors.SecretError(self.problem)
        return b"the secret"


def test_a_secret_is_loaded_when_it_is_first_needed_and_once() -> None:
    store = Store()
    secret = Secret(store, Clocks(lambda: 0.0, lambda: 0.0))
    assert store.asked == 0
    assert [secret.find(None), secret.find("any")] == [b"the secret"] * 2
    assert store.asked == 1


def test_a_secret_that_cannot_be_loaded_is_tried_again_after_a_while(monotonic: MovableClock) -> None:
    store = Store()
    secret = Secret(store, Clocks(monotonic, monotonic))
    store.problem = "access denied"
    for _ in range(3):
        with pytest.raises(errors.SecretError) as failure:
            secret.find(None)
        assert failure.value.problem == "access denied"
    assert store.asked == 1
    store.problem = None
    monotonic.now += keys.SECRET_COOLDOWN_SECONDS
    assert secret.find(None) == b"the secret"


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Issuer:
    """Publishes the given document, or nothing; it counts its requests."""

    def __init__(self, published: bytes | None) -> None:
        self.published = published
        self.asked = 0

    def __call__(self) -> bytes:
        self.asked += 1
        if self.published is None:
            raise ConnectionRefusedError
        return self.published


WITHDRAWN = "key-1"


@pytest.fixture
def withdrawing(workshop: Workshop) -> Issuer:
    """Publish `key-2` only."""
    return Issuer(workshop.jwk_set(workshop.jwk(workshop.other_key, "key-2")))


@pytest.mark.parametrize("age", [3_600, 86_400 * 30], ids=["an hour", "a month"])
def test_a_new_container_asks_for_the_keys_when_those_of_the_deployment_are_older_than_max_age(
    age: int, workshop: Workshop, withdrawing: Issuer
) -> None:
    clocks = Clocks(Clock(1_800_000_000.0), Clock())
    known = Keys(read(workshop.jwks), withdrawing, clocks, fetched_at=1_800_000_000 - age)
    with pytest.raises(errors.UnknownKeyError):
        known.find(WITHDRAWN)
    assert known.find("key-2") == workshop.other_key.public_key()
    assert withdrawing.asked == 1


@pytest.mark.parametrize("age", [0, 3_599, -60], ids=["now", "less than an hour", "by a clock that goes ahead"])
def test_a_new_container_with_fresh_keys_asks_nobody(age: int, workshop: Workshop, withdrawing: Issuer) -> None:
    unix, monotonic = Clock(1_800_000_000.0), Clock()
    known = Keys(read(workshop.jwks), withdrawing, Clocks(unix, monotonic), fetched_at=1_800_000_000 - age)
    assert known.find(WITHDRAWN) == workshop.key.public_key()
    monotonic.now += 3_600 - max(age, 0) - 0.5
    assert known.find(WITHDRAWN) == workshop.key.public_key()
    assert withdrawing.asked == 0
    monotonic.now += 0.5
    with pytest.raises(errors.UnknownKeyError):
        known.find(WITHDRAWN)


def test_a_new_container_in_an_outage_decides_by_the_keys_of_the_deployment(workshop: Workshop) -> None:
    unix, monotonic = Clock(1_800_000_000.0), Clock()
    known = Keys(read(workshop.jwks), Issuer(None), Clocks(unix, monotonic), fetched_at=1_700_000_000)
    assert known.find("key-1") == workshop.key.public_key()
    monotonic.now += ages.STALE_IF_ERROR.default
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")


@pytest.mark.parametrize("moving", ["unix", "monotonic"])
def test_the_clock_that_went_further_counts(moving: str, workshop: Workshop, withdrawing: Issuer) -> None:
    clocks = {"unix": Clock(), "monotonic": Clock()}
    known = Keys(read(workshop.jwks), withdrawing, Clocks(**clocks))
    clocks[moving].now += ages.MAX_AGE_SECONDS
    with pytest.raises(errors.UnknownKeyError):
        known.find(WITHDRAWN)


class ChangingStore(Store):
    """A store whose secret an operator changes."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = b"the old secret"
        self.is_final = False

    def __call__(self) -> bytes:
        self.asked += 1
        if self.problem:
            raise errors.SecretError(self.problem, is_final=self.is_final)
        return self.secret


@pytest.fixture
def store() -> ChangingStore:
    return ChangingStore()


def loaded(store: ChangingStore, clock: Clock, reports: list[str] | None = None) -> Secret[bytes]:
    """Return a secret that has been loaded once."""
    told: list[str] = [] if reports is None else reports
    secret = Secret(store, Clocks(clock, clock), report=lambda problem, left: told.append(f"{problem} {left:.4f}"))
    assert secret.find(None) == b"the old secret"
    return secret


def test_a_changed_secret_counts_within_the_hour(store: ChangingStore) -> None:
    clock = Clock()
    secret = loaded(store, clock)
    store.secret = b"the new secret"
    clock.now += ages.MAX_AGE_SECONDS - 1
    assert secret.find(None) == b"the old secret"
    clock.now += 1
    assert secret.find(None) == b"the new secret"
    assert store.asked == 2


def test_a_secret_outlives_a_store_that_does_not_answer_until_stale_if_error(store: ChangingStore) -> None:
    clock, reports = Clock(), []  # type: tuple[Clock, list[str]]
    secret = loaded(store, clock, reports)
    store.problem = "the store is down"
    clock.now += ages.STALE_IF_ERROR.default - 1
    assert secret.find(None) == b"the old secret"
    assert reports == [f"The signing secret could not be read again: the store is down. {1 / 86_400:.4f}"]
    clock.now += 1
    with pytest.raises(errors.SecretError) as failure:
        secret.find(None)
    assert failure.value.problem == "the store is down"
    store.problem = None
    clock.now += keys.SECRET_COOLDOWN_SECONDS
    assert secret.find(None) == b"the old secret"


def test_a_store_that_does_not_answer_is_asked_once_a_cooldown(store: ChangingStore) -> None:
    clock = Clock()
    secret = loaded(store, clock)
    store.problem = "the store is down"
    clock.now += ages.MAX_AGE_SECONDS
    for _ in range(60):
        secret.find(None)
        clock.now += 1
    assert store.asked == 1 + 60 / keys.SECRET_COOLDOWN_SECONDS


def test_a_secret_that_may_not_be_used_ends_the_one_before_it(store: ChangingStore) -> None:
    clock = Clock()
    secret = loaded(store, clock)
    store.problem, store.is_final = "it is published: everybody can know it", True
    clock.now += ages.MAX_AGE_SECONDS
    with pytest.raises(errors.SecretError):
        secret.find(None)
    store.problem = None
    with pytest.raises(errors.SecretError):
        secret.find(None)
    clock.now += keys.SECRET_COOLDOWN_SECONDS
    assert secret.find(None) == b"the old secret"
