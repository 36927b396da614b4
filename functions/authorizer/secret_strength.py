"""Decides whether a text can be the HS256 secret: no published example, no public key, and hard to guess.

Whoever guesses the secret can make tokens. Nobody notices the guessing: with one token, an attacker tries billions of
guesses a second, offline. Pure.
"""

import base64
import binascii
import json
import math
import string

from authorizer import published_secrets

LEAST_BYTES = 32
"""As long as the hash (RFC 7518 §3.2)."""

LEAST_BITS = 112
"""The bits of an HMAC key (NIST SP 800-131A rev. 2 §10); the shortest honest secret, 32 random hex digits, has 128."""

# Examples that people copy with code, of at least LEAST_BYTES; shorter ones are refused for their length.
_KNOWN = frozenset(
    {
        # jwt.io, the debugger's three
        "a-string-secret-at-least-256-bits-long",
        "a-valid-string-secret-that-is-at-least-384-bits-long",
        "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
        # Auth0's samples for Express and Next.js
        "a long, randomly-generated string stored in env",
        "use [openssl rand -hex 32] to generate a 32 bytes value",
        # RFC 7515 appendix A.1, RFC 7520 §3.5
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",
        # The tutorials of FastAPI and of Spring Security with JJWT; AWS's example of a secret access key
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
)

_ROWS = (string.ascii_lowercase, string.digits, "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ORDERED = (*_ROWS, *(row[::-1] for row in _ROWS))
# Shorter repeats occur by chance, so they would refuse random secrets.
_LEAST_REPEAT = 5
_LEAST_ROW = 5
_SEPARATORS = " -_.,/"  # between words they add no information; base64url has only two of them
_SEPARATOR_BITS = 2.0
_LOOKALIKES = str.maketrans("013457@$", "oieastas")  # p4ssw0rd
# The parts of placeholders and of secrets made by hand.
_WORDS = """
access admin anyone api app application auth auth0 authorizer aws backend bits bytes change changeme client company
default demo development do dont env environment example for from gatehouse generated global hmac hs256 insert is it
jsonwebtoken jwt key keys least length letmein local login long master me must my never not of only password please
private prod production project random real replace sample secret secure server service session sha256 share sign
signature signing site staging stored string strong super system tell test testing that the this to token tokens unsafe
use user value very web welcome with you your
""".translate(_LOOKALIKES).split()
_HEXADECIMAL = 16


def problem(secret: bytes) -> str | None:
    """Return why a secret is refused, as the end of a sentence that shows nothing of it; None for a good one."""
    if secret != secret.strip():
        return "has white space at an end, which the issuer's does not have"
    if len(secret) < LEAST_BYTES:
        return f"is shorter than {LEAST_BYTES} bytes, the length of the hash (RFC 7518 section 3.2)"
    if _is_known(secret):
        return "is published: everybody can know it"
    if _is_public(secret):
        return "is a key or a certificate of another kind, which others may know"
    if (bits := estimated_bits(secret)) < LEAST_BITS:
        return f"can be guessed: it holds about {bits:.0f} bits of chance, and {LEAST_BITS} are needed"
    return None


def estimated_bits(secret: bytes) -> float:
    """Return about how many bits describe a secret; a guesser has to try at least that many.

    This finds a short description, as zxcvbn does for passwords (D. L. Wheeler, USENIX Security 2016). A repeated piece
    costs its position and length (Ziv and Lempel, 1977); a piece of the alphabet or of a row of keys its start and
    length; a word of the list its number in the list; any other character its share of the characters in use.
    """
    text = secret.decode("latin-1")
    lower = text.lower()
    size = _alphabet_size(text)
    words = lower.translate(_LOOKALIKES) if size > _HEXADECIMAL else ""  # half of all hex pairs look like a word
    literal = math.log2(size)
    total, at = 0.0, 0
    while at < len(text):
        pieces = [(1, min(literal, _SEPARATOR_BITS) if text[at] in _SEPARATORS else literal)]
        if (length := _repeat_length(lower, at)) >= _LEAST_REPEAT:
            pieces.append((length, math.log2(at + 1) + math.log2(length)))
        if (length := _row_length(lower, at)) >= _LEAST_ROW:
            pieces.append((length, literal + math.log2(length)))
        if length := max((len(word) for word in _WORDS if words.startswith(word, at)), default=0):
            pieces.append((length, math.log2(len(_WORDS))))
        length, bits = min(pieces, key=lambda piece: piece[1] / piece[0])
        total, at = total + bits, at + length
    return total


def _alphabet_size(text: str) -> int:
    """Return the size of the alphabet of the text: 16 for hex, 64 for base64url, and so on."""
    characters = set(text)
    if characters <= set(string.hexdigits + "-"):  # with hyphens, as in a UUID
        return _HEXADECIMAL
    kinds = [set(kind) for kind in (string.digits, string.ascii_lowercase, string.ascii_uppercase)]
    return max(2, sum(len(kind) for kind in kinds if kind & characters) + len(characters.difference(*kinds)))


def _repeat_length(text: str, at: int) -> int:
    """Return how many of the next characters repeat earlier ones; a repeat may overlap itself, as in `abababab`."""
    length = 0
    while at + length < len(text) and text.find(text[at : at + length + 1], 0, at + length) >= 0:
        length += 1
    return length


def _row_length(text: str, at: int) -> int:
    """Return how many of the next characters follow the alphabet, the digits or a keyboard row, in either direction."""
    longest = 0
    for row in _ORDERED:
        if (start := row.find(text[at])) >= 0:
            fitting = zip(text[at:], row[start:], strict=False)
            longest = max(
                longest, next((i for i, (one, other) in enumerate(fitting) if one != other), len(row) - start)
            )
    return min(longest, len(text) - at)


def _is_known(secret: bytes) -> bool:
    if published_secrets.contains(secret):
        return True
    examples = {known.encode() for known in _KNOWN}
    examples |= {_decoded(known) for known in examples}
    return bool({secret, _decoded(secret)} & (examples - {b""}))


def _is_public(secret: bytes) -> bool:
    """Return whether this is in PEM, SSH, JWK or DER form; the last one also in base64."""
    if b"-----BEGIN " in secret or secret.startswith((b"ssh-", b"ecdsa-")) or _is_json(secret):
        return True
    return any(_is_der(form) for form in (secret, _decoded(secret)))


def _is_json(octets: bytes) -> bool:
    try:
        return isinstance(json.loads(octets), dict)
    except (ValueError, RecursionError):
        return False


def _is_der(octets: bytes) -> bool:
    """Return whether this is exactly one ASN.1 SEQUENCE with a two-octet length, like every RSA key and certificate."""
    return octets[:2] == b"\x30\x82" and int.from_bytes(octets[2:4]) == len(octets) - 4


def _decoded(secret: bytes) -> bytes:
    """Return the octets that a text encodes in base64 or base64url, or nothing."""
    try:
        return base64.b64decode(
            secret.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(secret) % 4), validate=True
        )
    except binascii.Error:
        return b""
