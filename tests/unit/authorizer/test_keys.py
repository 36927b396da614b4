"""Keys over their life: no network at first, rotation, floods, outages. The issuer is a real HTTP server."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from authorizer import errors, keys
from authorizer.download import download
from authorizer.jwks import read
from authorizer.keys import Keys

type Workshop = Any  # these three are of conftest, which importlib mode keeps to itself
type KeyServer = Any
type Clock = Any


@pytest.fixture
def monotonic(clock: Clock) -> Clock:
    return clock


@pytest.fixture
def known(workshop: Workshop, key_server: KeyServer, monotonic: Clock) -> Keys:
    """`key-1` and `key-2` are known at deploy; the server publishes the same until a test changes it."""
    return Keys(read(workshop.jwks), partial(download, key_server.url, 5.0), monotonic)


@pytest.fixture
def rotate(workshop: Workshop, key_server: KeyServer) -> Callable[[], None]:
    """Make the issuer publish `key-3` in place of `key-1`."""

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


def test_a_flood_of_unknown_kids_asks_once_a_cooldown(known: Keys, key_server: KeyServer, monotonic: Clock) -> None:
    for second in range(60):
        monotonic.now += 1
        for number in range(20):
            with pytest.raises(errors.UnknownKeyError):
                known.find(f"flood-{second}-{number}")
    assert len(key_server.requests) == 60 / keys.COOLDOWN_SECONDS


def test_a_flood_never_holds_up_a_new_key_for_longer_than_a_cooldown(
    known: Keys, workshop: Workshop, monotonic: Clock, rotate: Callable[[], None]
) -> None:
    for number in range(1_000):
        with pytest.raises(errors.UnknownKeyError):
            known.find(f"flood-{number}")
    rotate()
    monotonic.now += keys.COOLDOWN_SECONDS
    with pytest.raises(errors.UnknownKeyError):
        known.find("flood-again")
    assert known.find("key-3") == workshop.encryption_key.public_key()


def test_a_flood_does_not_touch_the_keys_at_hand(known: Keys, workshop: Workshop, key_server: KeyServer) -> None:
    key_server.status = 500
    for number in range(100):
        with pytest.raises(errors.UnknownKeyError):
            known.find(f"flood-{number}")
        assert known.find("key-1") == workshop.key.public_key()
    assert len(key_server.requests) == 1


def test_one_absent_kid_asks_again_only_when_it_is_forgotten(
    known: Keys, key_server: KeyServer, monotonic: Clock
) -> None:
    for _ in range(keys.ABSENT_SECONDS):
        with pytest.raises(errors.UnknownKeyError):
            known.find("of-another-tenant")
        monotonic.now += 1
    assert len(key_server.requests) == 1
    with pytest.raises(errors.UnknownKeyError):
        known.find("of-another-tenant")
    assert len(key_server.requests) == 2


def test_a_kid_that_was_absent_is_found_as_soon_as_it_is_published(
    known: Keys, workshop: Workshop, monotonic: Clock, rotate: Callable[[], None]
) -> None:
    with pytest.raises(errors.UnknownKeyError):
        known.find("key-3")
    rotate()
    monotonic.now += keys.ABSENT_SECONDS
    assert known.find("key-3") == workshop.encryption_key.public_key()


def test_what_is_remembered_of_a_flood_stays_small(known: Keys, monotonic: Clock) -> None:
    for number in range(keys.ABSENT_LIMIT + 50):
        monotonic.now += keys.COOLDOWN_SECONDS
        with pytest.raises(errors.UnknownKeyError):
            known.find(f"flood-{number}")
    assert len(known._absent) == keys.ABSENT_LIMIT


def test_keys_are_renewed_past_the_soft_age(
    known: Keys, key_server: KeyServer, monotonic: Clock, rotate: Callable[[], None]
) -> None:
    rotate()
    monotonic.now += keys.SOFT_AGE_SECONDS - 1
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
    server.body = workshop.jwks + b" " * 70_000


def spoil_nesting(server: KeyServer, _: Workshop) -> None:
    server.body = b"[" * 60_000


SPOILERS = [
    spoil_status,
    spoil_redirect,
    spoil_garbage,
    spoil_empty,
    spoil_weak,
    spoil_oversize,
    spoil_nesting,
]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_while_the_issuer_answers_badly_the_keys_at_hand_stay_until_the_hard_age(
    spoil: Callable[[KeyServer, Workshop], None],
    known: Keys,
    workshop: Workshop,
    key_server: KeyServer,
    monotonic: Clock,
) -> None:
    spoil(key_server, workshop)
    monotonic.now += keys.HARD_AGE_SECONDS - 1
    assert known.find("key-1") == workshop.key.public_key()
    assert len(key_server.requests) == 1
    monotonic.now += 1
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")


def test_an_issuer_that_is_back_is_trusted_again_after_the_hard_age(
    known: Keys, workshop: Workshop, key_server: KeyServer, monotonic: Clock
) -> None:
    key_server.status = 500
    monotonic.now += keys.HARD_AGE_SECONDS
    with pytest.raises(errors.StaleKeysError):
        known.find("key-1")
    key_server.status = 200
    monotonic.now += keys.COOLDOWN_SECONDS
    assert known.find("key-1") == workshop.key.public_key()


def test_an_issuer_that_is_down_is_asked_less_and_less(known: Keys, key_server: KeyServer, monotonic: Clock) -> None:
    key_server.status = 500
    monotonic.now += keys.SOFT_AGE_SECONDS
    for _ in range(600):
        known.find("key-1")
        monotonic.now += 1
    # At 0, 15, 45, 105 s, and then every 120 s.
    assert len(key_server.requests) == 8


def test_an_issuer_that_is_back_is_asked_as_often_as_before(
    known: Keys, key_server: KeyServer, monotonic: Clock
) -> None:
    key_server.status = 500
    for _ in range(200):
        with pytest.raises(errors.UnknownKeyError):
            known.find("unknown")
        monotonic.now += 1
    key_server.status = 200
    monotonic.now += keys.LONGEST_COOLDOWN_SECONDS
    key_server.requests.clear()
    for kid in ("unknown-1", "unknown-2"):
        with pytest.raises(errors.UnknownKeyError):
            known.find(kid)
        key_server.status = 500
        monotonic.now += keys.COOLDOWN_SECONDS
    with pytest.raises(errors.UnknownKeyError):
        known.find("unknown-3")
    assert len(key_server.requests) == 3


def test_a_dead_port_is_an_outage_like_any_other(workshop: Workshop, key_server: KeyServer, monotonic: Clock) -> None:
    key_server.stop()
    known = Keys(read(workshop.jwks), partial(download, key_server.url, 5.0), monotonic)
    monotonic.now += keys.SOFT_AGE_SECONDS
    assert known.find("key-1") == workshop.key.public_key()


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_dripping_issuer_holds_nobody_beyond_the_deadline(
    part: str, workshop: Workshop, key_server: KeyServer, monotonic: Clock
) -> None:
    key_server.drip = part
    known = Keys(read(workshop.jwks), partial(download, key_server.url, 0.2), monotonic)
    monotonic.now += keys.SOFT_AGE_SECONDS
    assert known.find("key-1") == workshop.key.public_key()
    assert not key_server.released.is_set()  # it would have dripped on
