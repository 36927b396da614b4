"""base64url has one canonical spelling: with two, one token would be two keys of the gateway's cache."""

import base64
from collections.abc import Callable

from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import respelled, tampered
from scripts.hostile_tokens.scenario import Scenario

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SPELLING = "one spelling: no padding, no other characters, no bits that encode nothing (RFC 7515 §2, RFC 4648 §3.5)"

encoding = Category("base64url that is not canonical")


def _loose_bits(segment: str) -> str:
    """Set a bit beyond the last octet: other characters, the same octets to a lenient decoder."""
    return segment[:-1] + _ALPHABET[_ALPHABET.index(segment[-1]) | 1]


def _inside(what: str) -> Callable[[str], str]:
    return lambda segment: segment[:8] + what + segment[8:]


_CHANGES: dict[str, Callable[[str], str]] = {
    "padded": lambda s: s + "=" * (-len(s) % 4),
    "padded-with-one-too-many": lambda s: s + "=" * (-len(s) % 4 + 1),
    "padded-percent-encoded": lambda s: s + "%3D" * (-len(s) % 4),
    "with-loose-bits": _loose_bits,
    "with-one-character-too-many": lambda s: s + "A" * (1 - len(s) % 4 + 4),
    "with-four-characters-too-many": lambda s: s + "AAAA",
    "with-data-after-its-padding": lambda s: s + "=" * (-len(s) % 4) + "AAAA",
    "with-a-newline-in-it": _inside("\n"),
    "with-CRLF-in-it": _inside("\r\n"),
    "with-a-space-in-it": _inside(" "),
    "with-a-tab-in-it": _inside("\t"),
    "with-NUL-in-it": _inside("\0"),
    "with-an-exclamation-mark-in-it": _inside("!"),
    "with-a-plus-in-it": _inside("+"),
    "with-a-slash-in-it": _inside("/"),
    "with-a-zero-width-space-in-it": _inside("\u200b"),
    "with-a-full-width-letter-in-it": _inside("\uff21"),
    "with-a-comment-after": lambda s: s + "#x",
    "with-a-query-after": lambda s: s + "?x=y",
    "in-quotes": lambda s: f'"{s}"',
    "cut-by-one-character": lambda s: s[:-1],
    "in-other-case": str.swapcase,
}


def _standard_alphabet(_: Scenario, header: str, claims: str, signature: str) -> str:
    return f"{header}.{claims}.{signature.replace('-', '+').replace('_', '/')}="


def _signature_in_hex(_: Scenario, header: str, claims: str, signature: str) -> str:
    return f"{header}.{claims}.{base64.urlsafe_b64decode(signature + '==').hex()}"


def _encoded_twice(_: Scenario, header: str, claims: str, signature: str) -> str:
    return f"{header}.{claims}.{base64.urlsafe_b64encode(signature.encode()).decode().rstrip('=')}"


ROWS = (
    *(
        encoding.refused(f"{segment}-{name}", respelled(segment, change), _SPELLING)
        for segment in ("header", "claims", "signature")
        for name, change in _CHANGES.items()
    ),
    encoding.refused("signature-in-the-standard-alphabet", tampered(_standard_alphabet), _SPELLING),
    encoding.refused(
        "signature-in-hex", tampered(_signature_in_hex), "the signature's octets are others then (RFC 7515 §7.1)"
    ),
    encoding.refused(
        "signature-encoded-twice", tampered(_encoded_twice), "the signature's octets are others then (RFC 7515 §7.1)"
    ),
)
