"""Finds guarded operations that one policy for the whole API cannot tell apart.

API Gateway caches the authorizer's policy and applies it to every route, so a path parameter becomes `*`, and in a
policy `*` also matches `/`: `GET/movies/*` covers `GET/movies/1/reviews`. Where that opens an operation that is not
granted, the authorizer closes it with a Deny, which wins over every Allow (authorizer/policy.py). Refused are documents
in which that Deny would close something that is granted.
"""

from collections.abc import Iterator
from itertools import product

from scripts.build.data_files.operations import Operation

Segments = tuple[str, ...]


def inexpressible(guarded: list[Operation]) -> list[str]:
    """Return a sentence for each operation whose Deny would close what is granted to someone."""
    sentences = []
    for closed in guarded:
        for opened, hurt in _conflicts(
            closed, [operation for operation in guarded if operation.method == closed.method]
        ):
            where = f"{opened} and {hurt}" if opened != hurt else f"{opened}"
            sentences.append(
                f"one cached policy cannot refuse {closed} to someone who may call {where}; "
                f"give {closed} the security of {hurt}, or rename a path"
            )
            break
    return sentences


def _conflicts(closed: Operation, guarded: list[Operation]) -> Iterator[tuple[Operation, Operation]]:
    """Yield pairs of operations: the pattern of the first opens `closed`, and the Deny of `closed` hits the second."""
    others = [operation for operation in guarded if operation != closed]
    # A slash at the end of a request changes nothing for the route, but is one more, empty, segment to a pattern. So it
    # must not open what is closed; that it may be refused where something is granted keeps nobody out.
    opening = [
        operation
        for operation in others
        if _reaches(operation, _segments(closed), closed, guarded)
        or _reaches(operation, (*_segments(closed), ""), closed, guarded)
    ]
    hurt = [operation for operation in others if _reaches(closed, _segments(operation), operation, guarded)]
    for one, other in product(opening, hurt):
        if any(not closed.allows({*first, *second}) for first in one.any_of or () for second in other.any_of or ()):
            yield one, other


def _reaches(pattern: Operation, path: Segments, other: Operation, guarded: list[Operation]) -> bool:
    """Whether the pattern of one operation covers a request of the form `path` that API Gateway routes to another."""
    routes = [_segments(operation) for operation in guarded]
    return any(
        _routed(tuple(filter(None, request)), routes) == _segments(other)
        for request in _covered(_segments(pattern), path)
    )


def _covered(pattern: Segments, path: Segments) -> Iterator[Segments]:
    """Yield a request of `path` for each way in which `pattern` covers it; a free parameter stands as it is."""
    if not pattern or not path:
        if not pattern and not path:
            yield ()
    elif _is_parameter(pattern[0]):
        for taken in range(1, len(path) + 1):
            yield from ((*path[:taken], *rest) for rest in _covered(pattern[1:], path[taken:]))
    elif pattern[0] == path[0] or _is_parameter(path[0]):
        yield from ((pattern[0], *rest) for rest in _covered(pattern[1:], path[1:]))


def _routed(request: Segments, routes: list[Segments]) -> Segments | None:
    """Return the route that API Gateway takes: it prefers a literal segment to a parameter, from the left."""
    fitting = [
        route
        for route in routes
        if len(route) == len(request)
        and all(_is_parameter(own) or own == asked for own, asked in zip(route, request, strict=True))
    ]
    return min(fitting, key=lambda route: [_is_parameter(segment) for segment in route], default=None)


def _segments(operation: Operation) -> Segments:
    return tuple(operation.path.removeprefix("/").split("/"))


def _is_parameter(segment: str) -> bool:
    return segment.startswith("{")
