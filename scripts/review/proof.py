"""The proof that the authorizer's policies allow what the documents declare, and nothing else.

It proves three statements for each API and each caller, about all methods and all paths:

1. Nothing is missing: the policy allows every plain request of each operation that the caller's scopes open.
2. No closed operation is open, in whatever way a router reads the path before it routes.
3. Nothing undeclared is open: every allowed request has the form of an operation that is open to the caller. In that
   form, a parameter is any text that IAM's `*` matches, because IAM has no narrower wildcard.

A policy cannot judge escapes: if `/movies/{id}` is open and `/movies/top` is not, no pattern can tell `/movies/%74op`
from an id. There the guard before the function decides, by the operation that API Gateway has routed to. So a fourth
statement covers each caller and operation: the guard answers as the documents declare. With it, statement 2 also holds
for readings that decode. If the policy alone is not enough for one, the proof says so in a note.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from automata.fa.dfa import DFA

from authorizer.routing import Path, is_parameter, route, segments
from guard.guard import Guard
from guard.log import Log
from scripts.build.data_files.operations import Operation, operations
from scripts.build.data_files.project import Project
from scripts.review.callers import STAGE_ARN, Caller, callers
from scripts.review.languages.alphabet import Alphabet
from scripts.review.languages.automata import is_empty, matching, nothing, rest_after, shortest, union, well_formed
from scripts.review.languages.policies import Policy
from scripts.review.languages.readings import DECODED, meeting, readings
from scripts.review.languages.routes import Router

type Answer = Mapping[str, Any]
type Ask = Callable[[Caller, str], Answer | None]
"""Returns the authorizer's answer to a caller's token for an API; None for a 401."""


@dataclass
class Proof:
    """The outcome: a sentence for each statement that does not hold, and notes on those that need the guard."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    policies: int = 0  # how many different policies were compared


def prove(project: Project, ask: Ask, now: float, after: float, progress: Callable[[str], object] = bool) -> Proof:
    """Compare each answer with the documents.

    Args:
        project: the documents.
        ask: asks the authorizer.
        now: Unix time at which the tokens are good.
        after: Unix time at which they have expired.
        progress: is called with the name of each API when its proof begins.
    """
    proof = Proof()
    everyone = callers(project)
    for api, document in sorted(project.apis.items()):
        progress(api)
        found = [*operations(document)]
        guard = _guard(api, document)
        answers = [(caller, ask(caller, api)) for caller in everyone]
        for caller, answer in answers:
            proof.faults += _guard_faults(guard, found, caller, answer)
            if Policy(_document(answer), after).allowed:
                proof.faults.append(f"{api}: the policy of {caller} still allows when the token has ended")
        policies = [(caller, Policy(_document(answer), now)) for caller, answer in answers]
        routes = _Routes(found, [text for _, policy in policies for text in policy.texts])
        checked = set()
        for caller, policy in policies:
            opened = frozenset(each for each in found if each.any_of is not None and each.allows({*caller.scopes}))
            key = policy.below(STAGE_ARN), opened
            if key not in checked:
                checked.add(key)
                compared = _Comparison(routes, opened, policy)
                proof.faults += [f"{api}: {fault}" for fault in compared.faults(caller)]
                proof.notes += [f"{api}: {note}" for note in compared.notes(caller)]
        proof.policies += len(checked)
    return proof


class _Routes:
    """The operations of an API by method and path, and their routes; shared by all policies of the API."""

    def __init__(self, found: list[Operation], texts: list[str]) -> None:
        self.guarded = {(each.method, segments(each.path)) for each in found if each.any_of is not None}
        self.paths: dict[str, list[Path]] = {}
        for each in found:
            self.paths.setdefault(each.method, []).append(segments(each.path))
        self.alphabet = Alphabet([*(each.method + each.path for each in found), *texts])
        self.routers = {method: Router(paths, self.alphabet) for method, paths in self.paths.items()}


class _Comparison:
    """One policy of an API, and the operations that it should open."""

    def __init__(self, routes: _Routes, opened: frozenset[Operation], policy: Policy) -> None:
        self._routes, self._alphabet, self._routers = routes, routes.alphabet, routes.routers
        self._opened = {(each.method, segments(each.path)) for each in opened}
        self._closed = routes.guarded - self._opened
        self._allowed = policy.requests(STAGE_ARN, self._alphabet)

    def faults(self, caller: Caller) -> Iterator[str]:
        """Yield a sentence with the shortest example for each statement that does not hold."""
        for method, path in sorted(self._opened):
            missing = shortest(self._routers[method].plain(path) - self._below(method))
            if missing is not None:
                yield f"closed, but declared: {caller} may not call `{method} /{missing}` ({_name(method, path)})"
        for method, reading, request, path in self._openings(decoding=False):
            way = f" when a router reads it with {' and '.join(reading)}" if reading else ""
            yield f"open, but not declared: {caller} may call `{method} /{request}`{way} ({_name(method, path)})"
        stray = shortest((self._allowed - self._declared_forms()) & well_formed(self._alphabet))
        if stray is not None:
            yield f"open, but no document declares it: {caller} may call `{_spaced(stray)}`"

    def notes(self, caller: Caller) -> Iterator[str]:
        """Yield a sentence for the shortest request that only the guard refuses, if there is one."""
        found = [(request, method, path) for method, _, request, path in self._openings(decoding=True)]
        if found:
            request, method, path = min(found, key=lambda each: len(each[0]))
            yield (
                f"the guard alone closes `{method} /{request}` to {caller} where a router decodes it to "
                f"{_name(method, path)}"
            )

    def _openings(self, *, decoding: bool) -> Iterator[tuple[str, tuple[str, ...], str, Path]]:
        """Yield, for each method, the simplest reading that leads an allowed request to a closed operation.

        Each item: the method, the reading's steps, the request, and the operation's path.
        """
        for method in sorted({method for method, _ in self._closed}):
            allowed = self._below(method)
            if is_empty(allowed):
                continue
            closed = {path for each, path in self._closed if each == method}
            language = union((self._routers[method].routed(path) for path in sorted(closed)), self._alphabet)
            hits = [
                (reading, *hit)
                for reading, seen in readings(allowed, self._alphabet, without=() if decoding else (DECODED,))
                if (DECODED in reading) == decoding and (hit := meeting(seen, language)) is not None
            ]
            if hits:
                reading, request, read = min(hits, key=lambda each: (len(each[0]), len(each[1])))
                path = route(segments(read.removesuffix("/")), self._routes.paths[method])
                yield method, reading, request, path or segments(read)

    def _below(self, method: str) -> DFA:
        return rest_after(self._allowed, f"{method}/")

    def _declared_forms(self) -> DFA:
        patterns = ["/".join([method, *map(_wildcard, path)]) for method, path in self._opened]
        return matching(patterns, self._alphabet) if patterns else nothing(self._alphabet)


def _document(answer: Answer | None) -> Mapping[str, Any] | None:
    return answer["policyDocument"] if answer is not None else None


def _guard(api: str, document: Mapping[str, Any]) -> Guard:
    answer = {"statusCode": 200, "body": ""}
    return Guard(api, document, lambda _event, _context: answer, Log(api, lambda _line: None))


def _guard_faults(guard: Guard, found: list[Operation], caller: Caller, answer: Answer | None) -> Iterator[str]:
    context = answer["context"] if answer is not None else None
    for each in found:
        event = {"httpMethod": each.method, "resource": each.path, "requestContext": {"authorizer": context}}
        is_open = guard(event, None)["statusCode"] == 200
        if is_open != each.allows({*caller.scopes}):
            yield f"{each}: the guard {'lets' if is_open else 'does not let'} {caller} pass, against the document"


def _wildcard(segment: str) -> str:
    return "*" if is_parameter(segment) else segment


def _name(method: str, path: Path) -> str:
    return f"{method} /{'/'.join(path)}"


def _spaced(request: str) -> str:
    method, slash, path = request.partition("/")
    return f"{method} {slash}{path}"
