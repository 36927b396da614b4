"""Finds guarded operations that a single policy for the whole API cannot tell apart.

API Gateway caches the authorizer's policy and applies it to every route. A path parameter becomes `*`, which also
matches longer paths (authorizer/routing.py). If that opens an operation that is not granted, the authorizer adds a
Deny, which overrides every Allow (authorizer/policy.py). This module refuses documents in which such a Deny would close
an operation that is granted.
"""

from collections.abc import Iterator
from itertools import product

from authorizer.routing import reaches, reaches_with_slash, segments
from scripts.build.data_files.operations import Operation


def inexpressible(guarded: list[Operation]) -> list[str]:
    """Return a sentence for each operation whose Deny would close an operation that somebody is granted."""
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
    """Yield pairs of operations: the first one's pattern opens `closed`, and the Deny for `closed` hits the second.

    A trailing slash must not open a closed operation. It may close a granted one, because the request without the
    slash still works.
    """
    paths = [segments(operation.path) for operation in guarded]
    path = segments(closed.path)
    others = [operation for operation in guarded if operation != closed]
    opening = [operation for operation in others if reaches_with_slash(segments(operation.path), path, paths)]
    hurt = [operation for operation in others if reaches(path, segments(operation.path), paths)]
    for one, other in product(opening, hurt):
        if any(not closed.allows({*first, *second}) for first in one.any_of or () for second in other.any_of or ()):
            yield one, other
