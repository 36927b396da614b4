"""What stands for a user in logs and in the list of what is revoked: a hash of `sub` that nobody can try names against.

Keyed, because `sub` is easy to enumerate: a plain hash of `google-oauth2|1139...` is undone by counting.
"""

import hmac
from collections.abc import Callable

LEAST_KEY_CHARACTERS = 16
_HEXADECIMAL_DIGITS = 32  # 128 bits: no two users meet, and more of them fit into the list of what is revoked


def subject_hasher(key: str) -> Callable[[str], str]:
    """Return the function from a `sub` to its keyed hash, 32 hexadecimal digits: HMAC-SHA256 (RFC 2104), cut in half.

    `key` is the setting SUBJECT_HASH_KEY.
    """
    keyed = hmac.new(key.encode(), digestmod="sha256")

    def subject_hash(subject: str) -> str:
        # From a copy of the state that has taken the key in: 0.9 µs, where starting from the key takes 1.5.
        state = keyed.copy()
        state.update(subject.encode("utf-8", "surrogatepass"))  # an unproven token's may hold anything
        return state.hexdigest()[:_HEXADECIMAL_DIGITS]

    return subject_hash
