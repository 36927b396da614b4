"""Compares the answers of two authorizers as languages: which requests each policy lets through to which operation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from automata.fa.dfa import DFA

from authorizer.routing import Path, is_parameter, segments
from scripts.build.data_files.operations import Operation, operations
from scripts.build.data_files.project import Project
from scripts.review.callers import STAGE_ARN, Caller
from scripts.review.decisions.questions import Question
from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import is_empty, matching, nothing, rest_after, shortest, union, well_formed
from scripts.review.languages.policies import Policy
from scripts.review.languages.routes import Router

type Change = Literal["opened", "closed", "changed", "unchanged"]
type ScopeSets = tuple[tuple[str, ...], ...]
"""The smallest sets of scopes with which a caller's token opens an operation; (): none does; ((),): any token does."""

EVERYONE = "everyone, without a token"


@dataclass(frozen=True)
class Row:
    """The effect of a change on one caller's access to one operation."""

    api: str
    operation: str  # GET /movies/{id}
    caller: str
    change: Change
    before: ScopeSets
    after: ScopeSets
    opened_example: str | None  # a shortest request that passes now but did not before
    closed_example: str | None


@dataclass(frozen=True)
class Stray:
    """A request that a policy now allows, although no operation explains it.

    Either no document declares anything of its form. Or it has the form of an operation of which no plain request
    opens, such as `GET /movies/new/../top`.
    """

    api: str
    caller: str
    example: str


@dataclass(frozen=True)
class Comparison:
    """All rows, sorted by operation and caller, and the requests that no document declares."""

    rows: tuple[Row, ...]
    strays: tuple[Stray, ...]


def compare(
    before: Project,
    after: Project,
    asked: Sequence[Question],
    answers: tuple[Sequence[Mapping[str, Any] | None], Sequence[Mapping[str, Any] | None]],
    now: float,
) -> Comparison:
    """Compare the answers before and after to the same questions, read at `now` (Unix time)."""
    rows: list[Row] = []
    strays: list[Stray] = []
    by_api: dict[str, list[tuple[Question, Policy, Policy]]] = {}
    for question, one, other in zip(asked, *answers, strict=True):
        by_api.setdefault(question.api, []).append((question, Policy(one, now), Policy(other, now)))
    for api, decisions in by_api.items():
        texts = [text for _, *policies in decisions for policy in policies for text in policy.texts]
        sides = _sides(before.apis.get(api), after.apis.get(api), texts)
        rows += _rows(api, sides, decisions)
        strays += _strays(api, sides, decisions)
    return Comparison(tuple(rows), tuple(strays))


class _Side:
    """An API of one commit: its operations, and the requests to them that each policy allows."""

    def __init__(self, found: Sequence[Operation], alphabet: Alphabet) -> None:
        self.public = {_key(each) for each in found if each.any_of is None}
        self.guarded = {_key(each) for each in found if each.any_of is not None}
        self._alphabet = alphabet
        paths: dict[str, list[Path]] = {}
        for method, path in sorted(self.public | self.guarded):
            paths.setdefault(method, []).append(path)
        self._routers = {method: Router(each, alphabet) for method, each in paths.items()}
        self._allowed: dict[object, DFA] = {}
        self._open: dict[object, DFA] = {}

    def allowed(self, policy: Policy) -> DFA:
        """Return the requests that a policy allows."""
        key = policy.below(STAGE_ARN)
        if key not in self._allowed:
            self._allowed[key] = policy.requests(STAGE_ARN, self._alphabet)
        return self._allowed[key]

    def open_paths(self, key: tuple[str, Path], policy: Policy) -> DFA:
        """Return the plain paths that reach an operation through a policy; a public operation has no authorizer."""
        if key not in self.public | self.guarded:
            return nothing(self._alphabet)
        routed = self._routers[key[0]].plain(key[1])
        if key in self.public:
            return routed
        asked = key, policy.below(STAGE_ARN)
        if asked not in self._open:
            self._open[asked] = routed & rest_after(self.allowed(policy), f"{key[0]}/")
        return self._open[asked]

    def all_open_paths(self, method: str, policy: Policy) -> DFA:
        """Return the plain paths of a method that reach any operation through a policy."""
        key = method, policy.below(STAGE_ARN)
        if key not in self._open:
            found = [each for each in sorted(self.public | self.guarded) if each[0] == method]
            self._open[key] = union((self.open_paths(each, policy) for each in found), self._alphabet)
        return self._open[key]

    @cached_property
    def declared_forms(self) -> DFA:
        """Return the requests that have the form of a guarded operation."""
        return self.forms(self.guarded)

    def forms(self, keys: Iterable[tuple[str, Path]]) -> DFA:
        """Return the requests that have the form of one of the operations, with any text that IAM's `*` matches."""
        patterns = ["/".join([method, *map(_wildcard, path)]) for method, path in keys]
        return matching(patterns, self._alphabet) if patterns else nothing(self._alphabet)


@dataclass(frozen=True)
class _Sides:
    before: _Side
    after: _Side
    alphabet: Alphabet
    alike: bool  # whether both documents have the same operations

    @property
    def operations(self) -> list[tuple[str, Path]]:
        """All operations of either side, by path and method."""
        every = self.before.public | self.before.guarded | self.after.public | self.after.guarded
        return sorted(every, key=lambda each: (each[1], each[0]))


def _sides(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, texts: Iterable[str]) -> _Sides:
    one, other = ([] if document is None else [*operations(dict(document))] for document in (before, after))
    alphabet = Alphabet([*(each.method + each.path for each in (*one, *other)), *texts])
    first, second = _Side(one, alphabet), _Side(other, alphabet)
    return _Sides(first, second, alphabet, alike=(first.public, first.guarded) == (second.public, second.guarded))


def _rows(api: str, sides: _Sides, decisions: Sequence[tuple[Question, Policy, Policy]]) -> Iterator[Row]:
    by_caller: dict[Caller, list[tuple[Question, Policy, Policy]]] = {}
    for decision in decisions:
        by_caller.setdefault(decision[0].caller, []).append(decision)
    nobody = Policy(None, 0)
    for method, path in sides.operations:
        name, key = f"{method} /{'/'.join(path)}", (method, path)
        was_public, is_public = key in sides.before.public, key in sides.after.public
        if was_public or is_public:
            opened = _example(method, sides.after.open_paths(key, nobody), sides.before.all_open_paths(method, nobody))
            closed = _example(method, sides.before.open_paths(key, nobody), sides.after.all_open_paths(method, nobody))
            sets: tuple[ScopeSets, ScopeSets] = (((),) if was_public else (), ((),) if is_public else ())
            yield Row(api, name, EVERYONE, _change(opened, closed, *sets), *sets, opened, closed)
        if is_public:
            continue  # the row for everyone already covers all callers
        for caller, asked in by_caller.items():
            yield from _caller_rows(api, name, key, sides, caller, asked)


def _caller_rows(
    api: str,
    name: str,
    key: tuple[str, Path],
    sides: _Sides,
    caller: Caller,
    asked: Sequence[tuple[Question, Policy, Policy]],
) -> Iterator[Row]:
    for expired in (False, True):
        before, after, opened, closed = _opening(key, sides, [each for each in asked if each[0].expired == expired])
        if key in sides.before.public:
            if not after:
                continue  # the row for everyone says that it closes
            before, opened, closed = after, None, None  # it stays open to tokens with enough scopes
        who = f"{caller} with an expired token" if expired else str(caller)
        ought_to_open = bool(caller.scopes) and not expired
        if ought_to_open or before or after:
            yield Row(api, name, who, _change(opened, closed, before, after), before, after, opened, closed)


def _opening(
    key: tuple[str, Path], sides: _Sides, asked: Sequence[tuple[Question, Policy, Policy]]
) -> tuple[ScopeSets, ScopeSets, str | None, str | None]:
    """Return the scopes that open an operation before and after, a request that opens, and one that closes."""
    opening: tuple[list[frozenset[str]], list[frozenset[str]]] = ([], [])
    opened = closed = None
    for question, before, after in asked:
        one, other = sides.before.open_paths(key, before), sides.after.open_paths(key, after)
        for language, sets in zip((one, other), opening, strict=True):
            if not is_empty(language):
                sets.append(question.scopes)
        if not (sides.alike and before.below(STAGE_ARN) == after.below(STAGE_ARN)):
            opened = opened or _example(key[0], other, sides.before.all_open_paths(key[0], before))
            closed = closed or _example(key[0], one, sides.after.all_open_paths(key[0], after))
    return _smallest(opening[0]), _smallest(opening[1]), opened, closed


def _change(opened: str | None, closed: str | None, before: ScopeSets, after: ScopeSets) -> Change:
    if opened and closed:
        return "changed"
    if opened or closed:
        return "opened" if opened else "closed"
    return "unchanged" if before == after else "changed"


def _strays(api: str, sides: _Sides, decisions: Sequence[tuple[Question, Policy, Policy]]) -> Iterator[Stray]:
    seen: set[object] = set()
    for question, before, after in decisions:
        key = before.below(STAGE_ARN), after.below(STAGE_ARN)
        if key in seen or not after.allowed or (sides.alike and key[0] == key[1]):
            continue
        seen.add(key)
        allowed, allowed_before = sides.after.allowed(after), sides.before.allowed(before)
        stray = allowed - sides.after.declared_forms - (allowed_before - sides.before.declared_forms)
        stray |= allowed - allowed_before - sides.after.forms(_opened(sides, before, after))
        example = shortest(stray & well_formed(sides.alphabet))
        if example is not None:
            method, slash, path = example.partition("/")
            yield Stray(api, str(question.caller), f"{method} {slash}{path}")


def _opened(sides: _Sides, before: Policy, after: Policy) -> Iterator[tuple[str, Path]]:
    """Yield the operations of which a policy allows more plain requests than the one before; they have rows."""
    for key in sides.operations:
        if not is_empty(sides.after.open_paths(key, after) - sides.before.all_open_paths(key[0], before)):
            yield key


def _example(method: str, there: DFA, not_here: DFA) -> str | None:
    found = shortest(there - not_here)
    return None if found is None else f"{method} /{found}"


def _smallest(sets: Sequence[frozenset[str]]) -> ScopeSets:
    smallest = [each for each in sets if not any(other < each for other in sets)]
    return tuple(sorted({tuple(sorted(each)) for each in smallest}))


def _key(operation: Operation) -> tuple[str, Path]:
    return operation.method, segments(operation.path)


def _wildcard(segment: str) -> str:
    return "*" if is_parameter(segment) else segment
