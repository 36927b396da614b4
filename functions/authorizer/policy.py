"""The answer that API Gateway wants: an IAM policy for every operation at once, and a context. Pure.

API Gateway caches the answer by token and applies it to the whole API, so it is made from what is granted and never
from what was asked for. In a Resource `*` also matches `/`: `GET/movies/*` covers `GET/movies/1/reviews`. Where an
operation that is not granted would be covered so, an explicit Deny closes it again, for a Deny wins over an Allow.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from authorizer.access import is_granted
from authorizer.access_model import Operation, is_parameter
from authorizer.errors import MethodArnError

ANY = "*"
_ARN = re.compile(r"(arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:([a-z0-9]{1,32})/([A-Za-z0-9_-]{1,128}))/[A-Z]+/")
_ARN_LIMIT = 1_600  # API Gateway's own

type Stage = tuple[str, str, str]
"""One stage of one API: its ARN (arn:aws:execute-api:eu-west-1:123456789012:abc123/live), the API's id, its name."""


class Need(NamedTuple):
    """What some operations need; sets of operations are bits of a number."""

    example: Operation
    bits: int  # the operations that need this


class Closer(NamedTuple):
    """An operation that the pattern of another one covers, and the patterns that close it again."""

    bit: int
    opened_by: int  # the operations whose patterns cover it
    spellings: tuple[str, ...]


class Table(NamedTuple):
    """The operations of the access model, prepared once."""

    needs: tuple[Need, ...]
    patterns: tuple[tuple[int, str], ...]  # each operation's bit and its METHOD/path, `*` for a parameter
    closers: tuple[Closer, ...]


class Resources(NamedTuple):
    """METHOD/path patterns in which `*` stands for a parameter, below a stage's ARN."""

    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    is_everything: bool  # whether every operation of the access model is allowed


def prepare(operations: tuple[Operation, ...]) -> Table:
    """Return the table of operations from which `resources` picks."""
    bits = {operation: 1 << position for position, operation in enumerate(sorted(set(operations), key=_pattern))}
    needs = {operation.any_of: operation for operation in bits}
    opened_by = {
        closed: sum(bits[other] for other in bits if other != closed and _reaches(other, closed, operations))
        for closed in bits
    }
    return Table(
        needs=tuple(
            Need(example, sum(bit for operation, bit in bits.items() if operation.any_of == any_of))
            for any_of, example in needs.items()
        ),
        patterns=tuple((bit, _pattern(operation)) for operation, bit in bits.items()),
        closers=tuple(
            Closer(bits[closed], others, tuple(_spellings(closed))) for closed, others in opened_by.items() if others
        ),
    )


def resources(table: Table, scopes: frozenset[str]) -> Resources:
    """Return the patterns that allow the operations that scopes grant and no other.

    No request that API Gateway routes to another operation is left allowed. The price is paid the safe way round: where
    a closing Deny cannot be worded without covering a granted operation too, that one is denied as well.
    """
    granted = 0
    for need in table.needs:
        if is_granted(need.example, scopes):
            granted |= need.bits
    allowed = tuple([pattern for bit, pattern in table.patterns if granted & bit])
    denied: list[str] = []
    for closer in table.closers:
        if granted & closer.opened_by and not granted & closer.bit:
            denied += closer.spellings
    return Resources(allowed, tuple(denied), len(allowed) == len(table.patterns))


def stage_of(method_arn: object) -> Stage:
    """Return the stage that a method ARN belongs to, in whatever partition and region; raises MethodArnError."""
    match = _ARN.match(method_arn) if isinstance(method_arn, str) and len(method_arn) <= _ARN_LIMIT else None
    if match is None:
        raise MethodArnError
    arn, api, stage = match.groups()
    return arn, api, stage


def answer(
    principal: str, stage_arn: str, found: Resources, expires_at: float, context: dict[str, str]
) -> dict[str, Any]:
    """Return the authorizer's output; `expires_at` (Unix time) ends what it allows, cached or not."""
    # IAM takes a date as ISO 8601 or in seconds, as `exp` has it; to word the former is 1.5 µs.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    until = str(int(expires_at))
    statements: list[dict[str, Any]] = [
        {
            "Action": "execute-api:Invoke",
            "Effect": "Allow",
            "Resource": [f"{stage_arn}/{pattern}" for pattern in found.allowed],
            "Condition": {"DateLessThan": {"aws:CurrentTime": until}},
        }
    ]
    if found.denied or not found.allowed:
        closed = [f"{stage_arn}/{pattern}" for pattern in found.denied or (ANY,)]
        deny = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": closed}
        statements = [*statements, deny] if found.allowed else [deny]
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": statements},
        "context": context,
    }


def _pattern(operation: Operation) -> str:
    return "/".join([operation.method, *(ANY if is_parameter(segment) else segment for segment in operation.path)])


def _spellings(operation: Operation) -> list[str]:
    """Return the patterns of all requests that are routed to an operation: a slash at the end changes nothing there."""
    pattern = _pattern(operation)
    return [pattern] if pattern.endswith(ANY) else [pattern, pattern + "/"]


def _reaches(allowed: Operation, other: Operation, operations: tuple[Operation, ...]) -> bool:
    """Whether the pattern of one operation covers a request that is routed to another."""
    if allowed.method != other.method:
        return False
    # `other` with a slash at its end is one segment longer, and an empty one, to the pattern.
    requests = [request for path in (other.path, (*other.path, "")) for request in _covered(allowed.path, path)]
    if not requests:
        return False
    rivals = [operation.path for operation in operations if operation.method == other.method]
    return any(route(tuple(filter(None, request)), rivals) == other.path for request in requests)


def _covered(pattern: tuple[str, ...], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a request of `path` for each way in which `pattern` covers it, parameters left free where they can be."""
    if not pattern or not path:
        if not pattern and not path:
            yield ()
        return
    if is_parameter(pattern[0]):
        for taken in range(1, len(path) + 1):
            yield from ((*path[:taken], *rest) for rest in _covered(pattern[1:], path[taken:]))
    elif pattern[0] == path[0] or is_parameter(path[0]):
        yield from ((pattern[0], *rest) for rest in _covered(pattern[1:], path[1:]))


def route(request: tuple[str, ...], paths: list[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the path that a request is routed to: API Gateway prefers a literal segment to a parameter, from the left.

    A segment of the request that is written as a parameter stands for a value that is no path's literal.
    """
    fitting = [
        path
        for path in paths
        if len(path) == len(request) and all(is_parameter(p) or p == r for p, r in zip(path, request, strict=True))
    ]
    return min(fitting, key=lambda path: [is_parameter(segment) for segment in path], default=None)
