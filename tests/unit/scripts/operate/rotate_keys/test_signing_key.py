"""The events for which a rotation waits. tests/system/test_faults.py rotates the keys of a running system."""

from authorizer.ages import MAX_AGE_SECONDS
from scripts.operate.rotate_keys.signing_key import SigningKeys

KEYS = SigningKeys(current="now", current_since=1_000.0, next="then", previous=())


def test_a_next_key_that_the_authorizer_was_deployed_with_is_known() -> None:
    assert KEYS.next_is_known_at({"now", "then"}) == 0


def test_another_is_known_once_every_container_has_fetched_the_keys_since_it_was_published() -> None:
    assert KEYS.next_is_known_at({"now"}) == 1_000 + MAX_AGE_SECONDS


def test_the_key_before_is_trusted_for_as_long_as_one_of_its_tokens_counts() -> None:
    assert KEYS.previous_tokens_end_at(3_605) > 1_000 + 3_605
