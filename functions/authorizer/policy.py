"""Makes the answer for API Gateway: an IAM policy for every operation of one API, and a context. Pure.

API Gateway caches the answer by token and applies it to the whole API. So the answer depends only on the grant and the
API, never on the requested operation. Every path of an API begins with its name, so the first segment of the method ARN
names the API. An answer holds only that API's operations, so its size does not grow with the other APIs.

In a Resource, `*` also matches `/`. If the pattern of a granted operation covers requests to one that is not granted,
an explicit Deny closes the latter, because a Deny overrides an Allow. If a pattern with `*` is granted and another
operation of the same method is not, the policy also denies every request with an empty segment or a dot segment: a
gateway that removed them before it routed would send `/movies/new/../top` to `/movies/top`. A gateway that decoded
`/movies/%74op` before it routed could still reach `/movies/top`. No pattern can prevent that, but the guard before the
function does (functions/guard). `make prove` checks all of this for the documents of a checkout.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from authorizer.access import is_granted
from authorizer.access_model import Operation
from authorizer.errors import MethodArnError
from authorizer.routing import is_parameter, reaches_with_slash

ANY = "*"
_SECONDS = tuple(f"{second:02}" for second in range(60))
# Requests that a gateway would route differently if it cleaned paths first.
UNCLEAN = ("*//*", "*/./*", "*/../*", "*/.", "*/..")
_ARN = re.compile(
    r"(?P<stage_arn>arn:aws[a-z-]*:execute-api:[a-z0-9-]+:[0-9]{12}:(?P<api_id>[a-z0-9]{1,32})/(?P<stage>[A-Za-z0-9_-]{1,128}))"
    r"/[A-Z]+/(?P<api>[^/]*)"
)
_ARN_LIMIT = 1_600  # characters; API Gateway's own limit

type Statement = dict[str, Any]


class Target(NamedTuple):
    """The API and the stage of an event."""

    stage_arn: str  # arn:aws:execute-api:eu-west-1:123456789012:abc123/live
    api_id: str  # abc123, API Gateway's identifier
    stage: str  # live
    api: str  # movies, the first segment of every path of the API


class Need(NamedTuple):
    """The operations with the same need; a set of operations is a number, a bit for each."""

    example: Operation
    bits: int


class Closer(NamedTuple):
    """An operation that another one's pattern covers, and the patterns that close it again."""

    bit: int
    opened_by: int  # the operations whose patterns cover it
    spellings: tuple[str, ...]


class Table(NamedTuple):
    """The operations of an API, prepared once."""

    needs: tuple[Need, ...]
    patterns: tuple[tuple[int, str], ...]  # each operation's bit, and its METHOD/path with `*` for a parameter
    closers: tuple[Closer, ...]
    methods: tuple[tuple[int, int], ...]  # for each method, the operations with a parameter, and all operations


class Resources(NamedTuple):
    """METHOD/path patterns below a stage's ARN, in which `*` matches a parameter."""

    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    is_everything: bool  # whether every operation of the table is allowed


class Statements(NamedTuple):
    """A policy without its end: the Resources of the Allow, and the whole Deny or None."""

    allowed: list[str]
    deny: Statement | None


def read_method_arn(method_arn: object) -> Target:
    """Return the API and stage of a method ARN, in any partition and region; raises MethodArnError."""
    if type(method_arn) is not str or len(method_arn) > _ARN_LIMIT:
        raise MethodArnError
    return _target(method_arn)


@lru_cache(maxsize=128)
def _target(method_arn: str) -> Target:
    match = _ARN.match(method_arn)
    if match is None:
        raise MethodArnError
    return Target(**match.groupdict())


def prepare(operations: Iterable[Operation]) -> Table:
    """Return the table of an API's operations, from which `resources` picks."""
    bits = {operation: 1 << position for position, operation in enumerate(sorted(set(operations), key=_pattern))}
    needs = {operation.any_of: operation for operation in bits}
    opened_by = {
        closed: sum(bits[other] for other in bits if other != closed and _opens(other, closed, bits)) for closed in bits
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
        methods=tuple(
            (
                sum(bit for operation, bit in bits.items() if operation.method == method and _has_parameter(operation)),
                sum(bit for operation, bit in bits.items() if operation.method == method),
            )
            for method in sorted({operation.method for operation in bits})
        ),
    )


def resources(table: Table, scopes: frozenset[str]) -> Resources:
    """Return the patterns that allow exactly the operations that the scopes grant.

    They allow no request that a gateway routes to another operation, whether it routes by the text, drops empty
    segments or removes dot segments. If a closing Deny also has to cover a granted operation, that operation is denied
    too: the error is on the safe side.
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
    if any(granted & wild and ~granted & every for wild, every in table.methods):
        denied += UNCLEAN
    return Resources(allowed, tuple(denied), len(allowed) == len(table.patterns))


def statements(stage_arn: str, opened: Resources) -> Statements:
    """Return the statements of a policy for one stage."""
    deny: Statement | None = None
    if opened.denied or not opened.allowed:  # a policy without any statement would be invalid
        closed = [f"{stage_arn}/{pattern}" for pattern in opened.denied or (ANY,)]
        deny = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": closed}
    return Statements([f"{stage_arn}/{pattern}" for pattern in opened.allowed], deny)


def answer(principal: str, decided: Statements, expires_at: float, context: dict[str, str]) -> dict[str, Any]:
    """Return the authorizer's output; `expires_at` (Unix time) ends the Allow, also in API Gateway's cache."""
    document = [decided.deny] if decided.deny is not None else []
    if decided.allowed:
        until = {"DateLessThan": {"aws:CurrentTime": iso8601(int(expires_at))}}
        allow = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": decided.allowed, "Condition": until}
        document = [allow, *document]
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": document},
        "context": context,
    }


def iso8601(moment: int) -> str:
    """Return a Unix time in the format of IAM's documentation, `2027-01-15T08:00:05Z`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
    """
    minute, second = divmod(moment, 60)
    return f"{_minute(minute)}{_SECONDS[second]}Z"


@lru_cache(maxsize=512)  # all tokens of a tenant end within a few hours
def _minute(minute: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:", time.gmtime(minute * 60))


def _pattern(operation: Operation) -> str:
    return "/".join([operation.method, *(ANY if is_parameter(segment) else segment for segment in operation.path)])


def _has_parameter(operation: Operation) -> bool:
    return any(map(is_parameter, operation.path))


def _spellings(operation: Operation) -> list[str]:
    """Return the patterns of all requests that are routed to an operation, with and without a slash at the end."""
    pattern = _pattern(operation)
    return [pattern] if pattern.endswith(ANY) else [pattern, pattern + "/"]


def _opens(one: Operation, other: Operation, operations: Iterable[Operation]) -> bool:
    """Return whether one operation's pattern covers a request that is routed to another."""
    if one.method != other.method:
        return False
    paths = [operation.path for operation in operations if operation.method == other.method]
    return reaches_with_slash(one.path, other.path, paths)
