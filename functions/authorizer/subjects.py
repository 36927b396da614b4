"""What stands for a user in logs and in the list of what is revoked: a hash of `sub` that nobody can try names against.

Keyed, because `sub` is easy to enumerate: a plain hash of `google-oauth2|1139...` is undone by counting.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

LEAST_KEY_CHARACTERS = 16
_OCTETS = 16  # 128 bits: no two users meet, and more of them fit into the list of what is revoked


def subject_hasher(key: str) -> Callable[[str], str]:
    """Return the function from a `sub` to its keyed hash, 32 hexadecimal digits: HMAC-SHA256 (RFC 2104), cut in half.

    `key` is the setting SUBJECT_HASH_KEY.
    """
    keyed = HMAC(key.encode(), SHA256())

    def subject_hash(subject: str) -> str:
        state = keyed.copy()  # with the key taken in: 0.6 µs, where hmac.digest() takes 1.5
        state.update(subject.encode("utf-8", "surrogatepass"))
        return state.finalize()[:_OCTETS].hex()

    return subject_hash
