"""The ways in which a router might read a path before it routes, and the paths that it then sees.

A router may decode escapes, drop empty segments and remove dot segments: any of these, in any order. A reading maps a
language of paths to the language of the paths that the router sees. Dot segments are the hard case, because
`a/b/../../c` nests without limit. The result is still regular: wherever a path reads a segment and then `..`, add a
step that reads nothing. Adding such steps comes to an end (M. Benois, 1969: cancellation in free groups).

Every step keeps the original text of the request, so that each finding is a request that can be sent.
"""

import heapq
import string
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from automata.fa.dfa import DFA

from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import readable_first

type State = Any
"""A state: a name that automata-lib gives, or a pair made of such names."""

type Arrivals = dict[State, str]
"""States, each with the shortest text that leads there."""

DECODED, WITHOUT_EMPTY, WITHOUT_DOTS = "escapes decoded", "empty segments dropped", "dot segments removed"
_DOTS = (".", "..")


@dataclass(frozen=True)
class Step:
    """One step: the character that the router sees ("" for none), the next state, and the original text."""

    seen: str
    to: State
    text: str


@dataclass(frozen=True)
class Paths:
    """The paths that a router sees. A path may end in a state of `ends`, with the original text that then remains."""

    start: State
    steps: Mapping[State, list[Step]]
    ends: Mapping[State, str]

    def arrivals(self, state: State) -> Arrivals:
        """Return the states that can be reached without a character."""
        return _cheapest({state: ""}, lambda here: ((s.to, s.text) for s in self.steps.get(here, ()) if not s.seen))


def as_text(language: DFA) -> Paths:
    """Return the paths of a language, unread."""
    live = _live(language)
    steps = {
        state: [
            Step(symbol, to, symbol)
            for symbol, to in sorted(language.transitions[state].items(), key=readable_first)
            if to in live
        ]
        for state in live
    }
    return Paths(language.initial_state, steps, dict.fromkeys(live & language.final_states, ""))


def readings(
    language: DFA, alphabet: Alphabet, *, without: Collection[str] = ()
) -> Iterator[tuple[tuple[str, ...], Paths]]:
    """Yield each reading of a language's paths: the router's steps in order, and the paths that it then sees.

    Leaves out readings with a step of `without`, and each reading that repeats another one because one of its steps
    finds nothing to change.
    """
    takes: dict[str, Callable[[Paths], Paths | None]] = {
        DECODED: lambda paths: decoded(paths, alphabet),
        WITHOUT_EMPTY: without_empty,
        WITHOUT_DOTS: without_dots,
    }

    def continued(taken: tuple[str, ...], paths: Paths) -> Iterator[tuple[tuple[str, ...], Paths]]:
        yield taken, paths
        for name, take in takes.items():
            if name not in {*taken, *without} and (after := take(paths)) is not None:
                yield from continued((*taken, name), after)

    yield from continued((), as_text(language))


def meeting(paths: Paths, language: DFA) -> tuple[str, str] | None:
    """Return the shortest request whose path, as the router sees it, is in the language, and that path; or None."""
    order = count()
    waiting: list[tuple[int, int, State, State, str, str]] = [
        (0, next(order), paths.start, language.initial_state, "", "")
    ]
    done = set()
    best: tuple[str, str] | None = None
    while waiting:
        length, _, here, judged, text, seen = heapq.heappop(waiting)
        if best is not None and length >= len(best[0]):
            break
        if (here, judged) in done:
            continue
        done.add((here, judged))
        if here in paths.ends and judged in language.final_states:
            whole = text + paths.ends[here]
            if best is None or len(whole) < len(best[0]):
                best = whole, seen
        for step in paths.steps.get(here, ()):
            after = language.transitions[judged].get(step.seen) if step.seen else judged
            if after is not None and (step.to, after) not in done:
                longer = text + step.text
                heapq.heappush(waiting, (len(longer), next(order), step.to, after, longer, seen + step.seen))
    return best


def decoded(paths: Paths, alphabet: Alphabet) -> Paths | None:
    """Decode each escape once (RFC 3986 §2.1); keep other percent signs. None if no path has an escape."""
    plain = _without_silent_steps(paths)
    digits = {*string.hexdigits}
    met = False

    # A state's second member counts the digits that may not follow a literal percent sign, or they would be an escape.
    def steps(state: tuple[State, int]) -> Iterator[Step]:
        return _shortest_each(all_steps(state))

    def all_steps(state: tuple[State, int]) -> Iterator[Step]:
        nonlocal met
        here, guarded = state
        for step in plain.steps.get(here, ()):
            if step.seen != "%":
                if guarded == 2 and step.seen in digits:  # a second digit would complete an escape
                    continue
                yield Step(step.seen, (step.to, 2 if guarded == 1 and step.seen in digits else 0), step.text)
                continue
            yield Step("%", (step.to, 1), step.text)
            for first in plain.steps.get(step.to, ()):
                for second in plain.steps.get(first.to, ()) if first.seen in digits else ():
                    if second.seen in digits:
                        met = True
                        text = step.text + first.text + second.text
                        yield Step(alphabet.decoded(first.seen + second.seen), (second.to, 0), text)

    result = _explored((plain.start, 0), steps, lambda state: plain.ends.get(state[0]))
    return result if met else None


def without_empty(paths: Paths) -> Paths | None:
    """Read several slashes as one. None if no path has two in a row."""
    met = False

    def steps(state: tuple[State, bool]) -> Iterator[Step]:
        nonlocal met
        here, after_slash = state
        for step in paths.steps.get(here, ()):
            if not step.seen:
                yield Step("", (step.to, after_slash), step.text)
            elif step.seen == "/" and after_slash:
                met = True
                yield Step("", (step.to, True), step.text)
            else:
                yield Step(step.seen, (step.to, step.seen == "/"), step.text)

    # The start follows the path's first slash, which the text omits.
    result = _explored((paths.start, True), steps, lambda state: paths.ends.get(state[0]))
    return result if met else None


def without_dots(paths: Paths) -> Paths | None:
    """Remove dot segments (RFC 3986 §5.2.4). None if no path has one."""
    plain = _without_silent_steps(paths)
    segments = _Segments(plain)
    if not segments.have_dots():
        return None
    silent = segments.cancelled()

    # A state: "root" if no segment is left to remove; (state, "/") after a slash; (state, the segment so far).
    def steps(state: tuple[State, str]) -> Iterator[Step]:
        here, segment = state
        if segment in {"root", "/"}:
            for to, text in silent[here if segment == "/" else _ROOT].items():
                yield Step("", (to, ""), text)
            return
        for step in plain.steps.get(here, ()):
            if step.seen != "/":
                yield Step(step.seen, (step.to, _grown(segment, step.seen)), step.text)
            elif segment not in _DOTS:
                yield Step("/", (step.to, "/"), step.text)

    def end(state: tuple[State, str]) -> str | None:
        here, segment = state
        if segment in {*_DOTS, "/", "root"}:
            return None
        return "" if here == _END else plain.ends.get(here)

    return _explored((plain.start, "root"), steps, end)


_ROOT, _END = "the root of a path", "the end of a path"


class _Segments:
    """The segments between the states that follow a slash: ordinary ones, `.` and `..`."""

    def __init__(self, paths: Paths) -> None:
        after_slash = {step.to for steps in paths.steps.values() for step in steps if step.seen == "/"}
        self._start = paths.start
        self._places = {paths.start, *after_slash}
        self._ordinary: dict[State, Arrivals] = {_END: {}}
        self._dot: dict[State, Arrivals] = {_END: {}}
        self._dot_dot: dict[State, Arrivals] = {_END: {}}
        for place in self._places:
            self._read(paths, place)

    def have_dots(self) -> bool:
        return any(map(any, (self._dot.values(), self._dot_dot.values())))

    def cancelled(self) -> dict[State, Arrivals]:
        """Return where each state leads once a segment and the `..` that removes it are left out together."""
        silent: dict[State, Arrivals] = {place: {place: ""} for place in (*self._places, _END)}
        silent[_ROOT] = {self._start: ""}
        changed = True
        while changed:
            changed = False
            for place, arrivals in silent.items():
                for to, text in [*self._shortcuts(place, silent)]:
                    if to not in arrivals or len(text) < len(arrivals[to]):
                        arrivals[to] = text
                        changed = True
        return silent

    def _shortcuts(self, place: State, silent: Mapping[State, Arrivals]) -> Iterator[tuple[State, str]]:
        for middle, first in [*silent[place].items()]:
            for to, dot in self._dot[middle].items():
                yield to, first + dot
            for to, more in silent[middle].items():
                yield to, first + more
            if place == _ROOT:  # no segment is left to remove, so `..` disappears
                for to, dots in self._dot_dot[middle].items():
                    yield to, first + dots
        for after, segment in self._ordinary.get(place, {}).items():
            for middle, more in silent[after].items():
                for to, dots in self._dot_dot[middle].items():
                    yield to, segment + more + dots

    def _read(self, paths: Paths, place: State) -> None:
        """Read one segment from a state, with the slash after it; `.` and `..` may also end the path."""
        kinds = {".": self._dot, "..": self._dot_dot}
        for each in (self._ordinary, *kinds.values()):
            each[place] = {}

        def next_of(state: tuple[State, str]) -> Iterator[tuple[tuple[State, str], str]]:
            here, segment = state
            if segment != "/":
                for step in paths.steps.get(here, ()):
                    if step.seen != "/":
                        yield (step.to, _grown(segment, step.seen)), step.text

        for (here, segment), text in _cheapest({(place, ""): ""}, next_of).items():
            arrivals = kinds.get(segment, self._ordinary)[place]
            for step in paths.steps.get(here, ()):
                if step.seen == "/":
                    _keep_shorter(arrivals, step.to, text + step.text)
            if segment in kinds and here in paths.ends:
                _keep_shorter(arrivals, _END, text + paths.ends[here])


def _grown(segment: str, character: str) -> str:
    return segment + character if segment + character in _DOTS else "other"


def _keep_shorter(arrivals: Arrivals, to: State, text: str) -> None:
    if to not in arrivals or len(text) < len(arrivals[to]):
        arrivals[to] = text


def _cheapest[S: Hashable](start: dict[S, str], next_of: Callable[[S], Iterator[tuple[S, str]]]) -> dict[S, str]:
    """Return every reachable state with a shortest text (E. W. Dijkstra, 1959)."""
    order = count()
    found: dict[S, str] = {}
    waiting = [(len(text), next(order), state, text) for state, text in start.items()]
    heapq.heapify(waiting)
    while waiting:
        _, _, state, text = heapq.heappop(waiting)
        if state in found:
            continue
        found[state] = text
        for to, more in next_of(state):
            if to not in found:
                heapq.heappush(waiting, (len(text + more), next(order), to, text + more))
    return found


def _without_silent_steps(paths: Paths) -> Paths:
    if all(step.seen for steps in paths.steps.values() for step in steps):
        return paths
    steps: dict[State, list[Step]] = {}
    ends: dict[State, str] = {}
    for state in {*paths.steps, *paths.ends}:
        arrivals = paths.arrivals(state)
        steps[state] = [
            *_shortest_each(
                Step(step.seen, step.to, text + step.text)
                for here, text in arrivals.items()
                for step in paths.steps.get(here, ())
                if step.seen
            )
        ]
        for here, text in arrivals.items():
            if here in paths.ends:
                _keep_shorter(ends, state, text + paths.ends[here])
    return Paths(paths.start, steps, ends)


def _shortest_each(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the step with the shortest text for each character and state."""
    best: dict[tuple[str, State], Step] = {}
    for step in steps:
        key = (step.seen, step.to)
        if key not in best or len(step.text) < len(best[key].text):
            best[key] = step
    yield from best.values()


def _explored(start: State, steps_of: Callable[[Any], Iterator[Step]], end_of: Callable[[Any], str | None]) -> Paths:
    """Return the part that is reachable from the start."""
    steps: dict[State, list[Step]] = {}
    ends: dict[State, str] = {}
    waiting: list[State] = [start]
    while waiting:
        state = waiting.pop()
        if state in steps:
            continue
        steps[state] = [*steps_of(state)]
        if (left := end_of(state)) is not None:
            ends[state] = left
        waiting += [step.to for step in steps[state]]
    return Paths(start, steps, ends)


def _live(language: DFA) -> set[State]:
    """Return the initial state and the states from which a path can still be accepted."""
    before: dict[State, set[State]] = {}
    for state, transitions in language.transitions.items():
        for to in transitions.values():
            before.setdefault(to, set()).add(state)
    found = {*language.final_states}
    waiting = [*found]
    while waiting:
        for state in before.get(waiting.pop(), set()) - found:
            found.add(state)
            waiting.append(state)
    return found | {language.initial_state}
