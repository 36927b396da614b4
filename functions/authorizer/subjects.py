"""The pseudonym of a user in logs and in the revocation list: a keyed hash of `sub`.

The hash has a key because a `sub` is easy to guess: without one, trying all numbers reverses `google-oauth2|1139...`.
"""

# hashlib.blake2b itself, without hashlib, which would load a second OpenSSL at a cold start.
from _blake2 import blake2b
from collections.abc import Callable

LEAST_KEY_OCTETS, MOST_KEY_OCTETS = 16, blake2b.MAX_KEY_SIZE
_OCTETS = 16  # 128 bits: no two users collide, and an entry of the list stays short


def subject_hasher(key: str) -> Callable[[str], str]:
    """Return the function from a `sub` to its keyed hash, 32 hexadecimal digits: BLAKE2b with a key (RFC 7693 §2.5).

    `key` is the setting SUBJECT_HASH_KEY, of LEAST_KEY_OCTETS to MOST_KEY_OCTETS; a longer one raises ValueError.
    """
    keyed = blake2b(key=key.encode(), digest_size=_OCTETS)

    def subject_hash(subject: str) -> str:
        state = keyed.copy()  # has already absorbed the key
        state.update(subject.encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    return subject_hash
