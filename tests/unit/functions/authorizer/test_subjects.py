"""A user's hash is BLAKE2b with a key: whoever has the key can compute it, and nobody else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer.subjects import subject_hasher


@given(st.text(min_size=1, max_size=16), st.text(max_size=300))
def test_it_is_keyed_blake2b_of_128_bits(key: str, subject: str) -> None:
    expected = hashlib.blake2b(subject.encode(), key=key.encode(), digest_size=16).hexdigest()
    assert subject_hasher(key)(subject) == expected


def test_one_hash_leaves_nothing_in_the_next() -> None:
    subject_hash = subject_hasher("a key of 16 characters")
    first = subject_hash("amazon|1")
    assert subject_hash("amazon|2") != first
    assert subject_hash("amazon|1") == first


@pytest.mark.parametrize("key", ["a", "the same key but for its end.", "the same key but for its end!"])
def test_another_key_gives_another_hash(key: str) -> None:
    assert subject_hasher(key)("amazon|1") != subject_hasher("the same key but for its end")("amazon|1")
