"""The authorizer's limits by their figures, each tested on both sides if the table of tokens cannot."""

import json
from typing import Any

import pytest

from authorizer import jws
from authorizer.ages import Clocks
from authorizer.errors import KeyIdError, SecretError, StaleKeysError, TokenTooLargeError
from authorizer.jwks import KeySetError, read
from authorizer.keys import Keys, Secret
from scripts.hostile_tokens.jose import base64url, object_text

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import


def jwk_set(bits: int) -> bytes:
    """Return a key set with a modulus of so many bits; reading it does not need its factors."""
    modulus = (1 << (bits - 1)) + 1
    octets = modulus.to_bytes((bits + 7) // 8)
    return json.dumps({"keys": [{"kty": "RSA", "kid": "key-1", "n": base64url(octets), "e": "AQAB"}]}).encode()


@pytest.mark.parametrize("bits", [2_048, 8_192])
def test_keys_of_2048_to_8192_bits_are_read(bits: int) -> None:
    assert read(jwk_set(bits))["key-1"].key_size == bits


@pytest.mark.parametrize("bits", [2_047, 8_193])
def test_shorter_and_longer_keys_are_not(bits: int) -> None:
    with pytest.raises(KeySetError):
        read(jwk_set(bits))


def test_a_token_of_8192_characters_is_split_and_a_longer_one_is_not() -> None:
    assert len(jws.split(f"AA.{'A' * 8_186}.AA")[2]) == 8_186
    with pytest.raises(TokenTooLargeError):
        jws.split(f"AA.{'A' * 8_187}.AA")


def test_a_signature_of_8192_bits_is_split_off() -> None:
    assert len(jws.split(f"AA.AA.{base64url(bytes(1_024))}")[3]) == 1_366


def test_sixteen_headers_are_remembered_and_no_more() -> None:
    jws.read_header.cache_clear()
    for number in range(40):
        jws.read_header(base64url(object_text({"alg": "RS256", "kid": f"key-{number}"})).encode(), "RS256")
    assert jws.read_header.cache_info().currsize == 16


class Clock:
    """A monotonic clock that only a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_keys_are_renewed_after_an_hour_and_refused_after_a_day_without_an_answer(workshop: Workshop) -> None:
    clock, asked = Clock(), []

    def download() -> bytes:
        asked.append(clock.now)
        raise ConnectionRefusedError

    keys = Keys(read(workshop.jwks), download, Clocks(clock, clock))
    for now in (3_599.0, 3_600.0, 86_399.0):
        clock.now = now
        keys.find("key-1")
    assert asked == [3_600.0, 86_399.0]
    clock.now = 86_400.0
    with pytest.raises(StaleKeysError):
        keys.find("key-1")


def test_a_token_that_names_no_key_makes_nobody_ask_for_keys(workshop: Workshop) -> None:
    asked: list[None] = []

    def download() -> bytes:
        asked.append(None)
        raise ConnectionRefusedError

    with pytest.raises(KeyIdError):
        Keys(read(workshop.jwks), download, Clocks(Clock(), Clock())).find(None)
    assert asked == []


def test_a_secret_that_could_not_be_loaded_is_asked_for_again_after_five_seconds() -> None:
    clock, asked = Clock(), []

    def load() -> bytes:
        asked.append(clock.now)
        raise SecretError("down")

    secret = Secret(load, Clocks(clock, clock))
    for now in (0.0, 4.9, 5.0):
        clock.now = now
        with pytest.raises(SecretError):
            secret.find(None)
    assert asked == [0.0, 5.0]
