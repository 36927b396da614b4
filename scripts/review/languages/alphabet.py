"""The symbols of the automata: the characters that a policy, a path or an escape names, and one for all others."""

import string
from collections.abc import Iterable

_ALWAYS = frozenset("/.%" + string.hexdigits)
_STAND_INS = "xyzwvutsrqponmlkjihgXYZWVUTSRQPONMLKJIHG-_~!"


class Alphabet:
    """The symbols that a group of comparable automata shares."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the patterns and paths; each character that none of them contains behaves like `other`."""
        named = _ALWAYS.union(*texts) - {"*", "?"}
        self.other = next(character for character in _STAND_INS if character not in named)
        self.symbols = named | {self.other}

    def symbol(self, character: str) -> str:
        """Return the symbol of a character."""
        return character if character in self.symbols else self.other

    def decoded(self, digits: str) -> str:
        """Return the symbol of the octet that two hexadecimal digits encode (RFC 3986 §2.1)."""
        return self.symbol(chr(int(digits, 16)))
