"""The paths that API Gateway routes to an operation, by the path's text (authorizer/routing.py).

A path is a text without its first slash: `movies/7`.
"""

from collections.abc import Callable, Iterable
from functools import cache, lru_cache

from automata.fa.dfa import DFA

from authorizer.routing import Path, is_parameter
from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import determinised, nothing

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Router:
    """The paths of all operations of one method, including public ones."""

    def __init__(self, paths: Iterable[Path], alphabet: Alphabet) -> None:
        """Take the documents' paths, as segments."""
        self._paths = sorted(set(paths))
        self._alphabet = alphabet
        # Cached, because all policies of an API are compared with the same paths.
        self.routed = cache(self._routed)
        self.plain = cache(self._plain)

    def _routed(self, path: Path) -> DFA:
        """Return the texts that are routed to a path, with or without a slash at the end."""
        return self._won(path, slash=True)

    def _plain(self, path: Path) -> DFA:
        """Return the texts that every router sends to a path, because routers cannot read them differently.

        These are in the normal form of RFC 3986 §6.2.2, without dot segments and escapes of unreserved characters. They
        also have no empty segment, no slash at the end, no escaped slash and no escaped percent sign.
        """
        return self._won(path, slash=False) & normal(self._alphabet)

    def _won(self, path: Path, *, slash: bool) -> DFA:
        """Return the texts of a path's form; if another path fits too, a literal segment beats a parameter."""
        taken = nothing(self._alphabet)
        for other in self._paths:
            if len(other) == len(path) and _order(other) < _order(path):
                taken |= self._form(other, slash=slash)
        return self._form(path, slash=slash) - taken

    def _form(self, path: Path, *, slash: bool) -> DFA:
        transitions: dict[int, dict[str, set[int]]] = {0: {}}
        state = 0

        def read(symbols: Iterable[str]) -> None:
            nonlocal state
            for symbol in symbols:
                transitions[state].setdefault(symbol, set()).add(state + 1)
            transitions[state + 1] = {}
            state += 1

        for place, segment in enumerate(path):
            if place:
                read("/")
            if is_parameter(segment):
                read(self._alphabet.symbols - {"/"})
                for symbol in self._alphabet.symbols - {"/"}:
                    transitions[state].setdefault(symbol, set()).add(state)
            else:
                for character in segment:
                    read(character)
        finals = {state}
        if slash:
            read("/")
            finals.add(state)
        return determinised(transitions, 0, finals, self._alphabet)


@lru_cache(maxsize=8)
def normal(alphabet: Alphabet) -> DFA:
    """Return the texts that all routers read alike; see Router.plain."""

    def plain_segments(state: str, symbol: str) -> str | None:
        if symbol == "/":
            return "" if state == "segment" else None
        return {"": ".", ".": ".."}.get(state, "segment") if symbol == "." else "segment"

    def plain_escapes(state: str, symbol: str) -> str | None:
        is_digit = symbol in "0123456789abcdefABCDEF"
        if len(state) == 2 and is_digit:  # after a percent sign and one digit
            return "" if _is_kept(chr(int(state[1] + symbol, 16))) else None
        if symbol == "%":
            return "%" if state == "" else None
        if state == "%" and is_digit:
            return f"%{symbol}"
        return "" if state == "" else None  # routers read an incomplete escape in several ways

    return _built(plain_segments, {"segment"}, alphabet) & _built(plain_escapes, {""}, alphabet)


def _is_kept(character: str) -> bool:
    return character not in UNRESERVED and character not in "/%"


def _built(step: Callable[[str, str], str | None], finals: set[str], alphabet: Alphabet) -> DFA:
    transitions: dict[str, dict[str, str]] = {}
    waiting = [""]
    while waiting:
        state = waiting.pop()
        if state in transitions:
            continue
        found = {symbol: target for symbol in alphabet.symbols if (target := step(state, symbol)) is not None}
        transitions[state] = found
        waiting += found.values()
    return DFA(
        states=set(transitions),
        input_symbols=set(alphabet.symbols),
        transitions=transitions,
        initial_state="",
        final_states=finals & transitions.keys(),
        allow_partial=True,
    ).minify()


def _order(path: Path) -> list[bool]:
    return [is_parameter(segment) for segment in path]
