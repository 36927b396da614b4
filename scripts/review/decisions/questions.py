"""The questions to both authorizers: every kind of token that there can be for an API."""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path
from typing import Any

from scripts.build.data_files.project import Project
from scripts.child_environment import for_program
from scripts.errors import OperationError
from scripts.review.callers import ANONYMOUS, CONNECTION, MACHINE_CLIENT, Caller, Event, Issuer, callers, named_scopes
from scripts.review.decisions.checkouts import Side

EVERY_COMBINATION = 5
"""Up to so many scopes, ask about every combination; beyond, about none, one, two, and all but none to two."""

_CHILD = Path(__file__).with_name("answer_events.py")

OTHER_CONNECTION = Caller(CONNECTION, "another-connection", "any other connection", frozenset())
OTHER_CLIENT = Caller(MACHINE_CLIENT, "another-client", "any other application", frozenset())


@dataclass(frozen=True)
class Question:
    """A token for an API: its caller, the scopes that it claims, and whether it has expired."""

    api: str
    caller: Caller
    scopes: frozenset[str]
    expired: bool = False


def questions(before: Project, after: Project) -> Iterator[Question]:
    """Yield the questions for each API of either side.

    Each connection and machine client of either side shows tokens with every combination of the scopes that the API's
    operations name, also of scopes that the tenant should not grant, and an expired token with all of them. Further
    questions: a request without a token, and tokens with all scopes from a connection and an application that neither
    side knows.
    """
    for api in sorted({*before.apis, *after.apis}):
        every = named_scopes(before, api) | named_scopes(after, api)
        yield Question(api, ANONYMOUS, frozenset())
        yield Question(api, OTHER_CONNECTION, every)
        yield Question(api, OTHER_CLIENT, every)
        for caller in all_callers(before, after):
            yield Question(api, caller, every, expired=True)
            for scopes in _combinations(sorted(every)):
                yield Question(api, caller, frozenset(scopes))


def all_callers(before: Project, after: Project) -> list[Caller]:
    """Return the connections and machine clients of either side, each with the scopes that either side grants."""
    found: dict[tuple[str, str], Caller] = {}
    for caller in [*callers(before), *callers(after)]:
        if caller != ANONYMOUS:
            known = found.get((caller.kind, caller.name))
            scopes = caller.scopes | (known.scopes if known else frozenset())
            found[caller.kind, caller.name] = Caller(caller.kind, caller.name, caller.display_name, scopes)
    return [found[key] for key in sorted(found)]


def answers(side: Side, asked: Sequence[Question], issuer: Issuer) -> list[Mapping[str, Any] | None]:
    """Let the packaged code decide in its own process; return the policy document for each question, None for a 401.

    Raises:
        OperationError: the authorizer does not start.
    """
    audience = side.project.access["audience"]
    clients = side.project.access["machine_clients"]
    events: list[Event] = [
        issuer.event(each.caller, each.api, audience, each.scopes, expired=each.expired) for each in asked
    ]
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(side.authorizer) as archive:
            archive.extractall(folder)
        task = {"folder": folder, "settings": issuer.settings(clients), "events": events}
        answer = subprocess.run(
            [sys.executable, "-I", "-B", str(_CHILD)],
            input=json.dumps(task),
            env=for_program(),
            capture_output=True,
            text=True,
            check=False,
        )
    if answer.returncode:
        why = (answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"])[-1]
        raise OperationError(f"the authorizer of {side.name} does not start: {why}")
    found: list[Mapping[str, Any] | None] = json.loads(answer.stdout)
    return found


def _combinations(scopes: Sequence[str]) -> Iterable[tuple[str, ...]]:
    count = len(scopes)
    sizes = range(count + 1) if count <= EVERY_COMBINATION else (0, 1, 2, count - 2, count - 1, count)
    return chain.from_iterable(combinations(scopes, size) for size in sizes)
