"""Automata of wildcard patterns, and the few operations on them that the proofs need."""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count

from automata.base import config
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from scripts.review.languages.alphabet import Alphabet

# This module builds only well-formed automata; checking each one would take a third of the time.
config.should_validate_automata = False

EVERYTHING, ONE = "*", "?"


def matching(patterns: Iterable[str], alphabet: Alphabet, *, after: str = "") -> DFA:
    """Return the texts that match a pattern; `*` matches any characters, also `/`, and `?` matches one.

    With `after`, return the texts that match once `after` is put in front of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    transitions: dict[int, dict[str, set[int]]] = {0: {}}
    finals: set[int] = set()
    numbers = count(1)
    for pattern in patterns:
        states = [next(numbers) for _ in range(len(pattern) + 1)]
        for state in states:
            transitions[state] = {}
        for place, wanted in enumerate(pattern):
            here, there = states[place], states[place + 1]
            for symbol in alphabet.symbols if wanted in {EVERYTHING, ONE} else (wanted,):
                transitions[here].setdefault(symbol, set()).add(here if wanted == EVERYTHING else there)
            if wanted == EVERYTHING:
                transitions[here].setdefault("", set()).add(there)
        transitions[0].setdefault("", set()).update(states[place] for place in _places(pattern, after))
        finals.add(states[-1])
    return determinised(transitions, 0, finals, alphabet)


def determinised(
    transitions: Mapping[int, Mapping[str, set[int]]], start: int, finals: set[int], alphabet: Alphabet
) -> DFA:
    """Return the minimal deterministic automaton of a nondeterministic one; "" marks a step without input."""
    return DFA.from_nfa(
        NFA(
            states=set(transitions),
            input_symbols=set(alphabet.symbols),
            transitions=transitions,
            initial_state=start,
            final_states=finals,
        )
    )


@lru_cache(maxsize=8)
def well_formed(alphabet: Alphabet) -> DFA:
    """Return all requests: a method of at least one character, a slash, and the rest of the path."""
    of_method = {symbol: {1} for symbol in alphabet.symbols - {"/"}}
    transitions = {0: of_method, 1: of_method | {"/": {2}}, 2: {symbol: {2} for symbol in alphabet.symbols}}
    return determinised(transitions, 0, {2}, alphabet)


def nothing(alphabet: Alphabet) -> DFA:
    """Return the empty language."""
    return DFA.empty_language(set(alphabet.symbols))


def union(languages: Iterable[DFA], alphabet: Alphabet) -> DFA:
    """Return the union of any number of languages."""
    total = nothing(alphabet)
    for language in languages:
        total |= language
    return total


def rest_after(language: DFA, prefix: str) -> DFA:
    """Return the texts that continue a prefix within the language; the prefix is a sequence of symbols."""
    state = language.initial_state
    for symbol in prefix:
        found = language.transitions[state].get(symbol)
        if found is None:
            return DFA.empty_language(set(language.input_symbols))
        state = found
    return DFA(
        states=language.states,
        input_symbols=language.input_symbols,
        transitions=language.transitions,
        initial_state=state,
        final_states=language.final_states,
        allow_partial=True,
    )


def is_empty(language: DFA) -> bool:
    """Return whether a language is empty. automata-lib's own method fails on an object that nothing references."""
    return bool(language.isempty())


def shortest(language: DFA) -> str | None:
    """Return a shortest text of a language; None for the empty language.

    automata-lib enumerates all texts of a length, which are too many here.
    """
    found = {language.initial_state: ""}
    waiting = deque(found)
    while waiting:
        state = waiting.popleft()
        if state in language.final_states:
            return found[state]
        for symbol, to in sorted(language.transitions[state].items(), key=readable_first):
            if to not in found:
                found[to] = found[state] + symbol
                waiting.append(to)
    return None


def readable_first(transition: tuple[str, object]) -> tuple[bool, bool, str]:
    """Sort transitions so that, of two equally short examples, the one with letters comes first."""
    symbol = transition[0]
    return not symbol.isalpha(), symbol.islower(), symbol


def _places(pattern: str, before: str) -> set[int]:
    """Return the places in a pattern at which a match may continue once `before` is read."""
    places = _skipped(pattern, {0})
    for character in before:
        read = set()
        for place in places:
            wanted = pattern[place] if place < len(pattern) else ""
            if wanted == EVERYTHING:
                read.add(place)
            elif wanted in {ONE, character}:
                read.add(place + 1)
        places = _skipped(pattern, read)
    return places


def _skipped(pattern: str, places: set[int]) -> set[int]:
    found = set(places)
    for place in sorted(places):
        here = place
        while here < len(pattern) and pattern[here] == EVERYTHING:
            here += 1
            found.add(here)
    return found
