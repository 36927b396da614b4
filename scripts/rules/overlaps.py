"""Finds guarded paths that one policy for the whole API cannot tell apart.

API Gateway caches the authorizer's policy and applies it to every route, so a path parameter becomes `*`, and in a
policy `*` also matches `/`: `GET/movies/*` covers `GET/movies/1/reviews`. A Deny wins over an Allow, so a policy can
cut an inner route out of an allowed outer one, but cannot allow a third one inside that again, nor part two routes that
only cross.
"""

import re
from functools import cache
from itertools import combinations, permutations

from scripts.rules.operations import Operation


def inexpressible(guarded: list[Operation]) -> list[str]:
    """One sentence for each group of operations that need different scopes and whose paths no policy can separate."""
    crossing = [
        f"{one} and {other} need different scopes but their paths cross, which one cached policy cannot express; "
        "give both the same security or rename a path"
        for one, other in combinations(guarded, 2)
        if one.method == other.method and one.any_of != other.any_of and _cross(_pattern(one), _pattern(other))
    ]
    nested = [
        f"{middle} lies inside {outer} and around {inner} and needs other scopes than both, "
        "which one cached policy cannot express; give it the security of one of them or rename a path"
        for outer, middle, inner in permutations(guarded, 3)
        if outer.method == middle.method == inner.method
        and middle.any_of not in (outer.any_of, inner.any_of)
        and _covers(_pattern(outer), _pattern(middle))
        and _covers(_pattern(middle), _pattern(inner))
    ]
    return crossing + nested


def _pattern(operation: Operation) -> str:
    return re.sub(r"\{[^}]*\}", "*", operation.path)


def _cross(one: str, other: str) -> bool:
    return _meet(one, other) and not _covers(one, other) and not _covers(other, one)


@cache
def _meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(other, one)
    return one[0] == other[0] and _meet(one[1:], other[1:])


@cache
def _covers(outer: str, inner: str) -> bool:
    """Whether every text that matches the inner pattern matches the outer one.

    Reading the inner `*` as one more letter, which only an outer `*` matches, is exact as long as some letter does not
    occur in the outer pattern: that letter can stand for it.
    """
    if not outer or not inner:
        return not outer.strip("*") and not inner
    if outer[0] == "*":
        return _covers(outer[1:], inner) or _covers(outer, inner[1:])
    return outer[0] == inner[0] and _covers(outer[1:], inner[1:])
