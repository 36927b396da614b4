from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer.policy import resources
from authorizer.rules import Operation as Rule
from scripts.rules.operations import Operation
from scripts.rules.overlaps import inexpressible


def guarded(path: str, scope: str, method: str = "GET") -> Operation:
    return Operation(method, path, ((scope,),))


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param([guarded("/a", "x"), guarded("/a/{b}", "y")], id="a list and its items"),
        pytest.param([guarded("/a/{b}", "x"), guarded("/a/{b}/c", "y")], id="an item and a part of it"),
        pytest.param([guarded("/a/{b}", "x"), guarded("/a/special", "y")], id="an item and a special one"),
        pytest.param(
            [guarded("/a/{b}", "x"), guarded("/a/{b}/c", "x"), guarded("/a/{b}/c/d", "y")],
            id="three deep, the outer two alike",
        ),
        pytest.param(
            [guarded("/a/{b}", "x"), guarded("/a/special", "y"), guarded("/a/special/c", "y")],
            id="three deep, the inner two alike",
        ),
        pytest.param([guarded("/a/{b}/d", "x"), guarded("/a/c/{d}", "x")], id="crossing paths of one scope"),
        pytest.param([guarded("/a/{b}/d", "x"), guarded("/a/c/{d}", "y", "PUT")], id="crossing paths of two methods"),
        pytest.param([guarded("/a/{b}/c", "x"), guarded("/a/{b}/d", "y")], id="two parts of an item"),
    ],
)
def test_what_a_policy_can_tell_apart_is_allowed(operations: list[Operation]) -> None:
    assert inexpressible(operations) == []


def test_an_allowed_route_inside_a_denied_one_inside_an_allowed_one_is_refused() -> None:
    operations = [guarded("/a/{b}", "x"), guarded("/a/c/{d}/e", "y"), guarded("/a/c/{d}/{f}/e", "x")]
    assert inexpressible(operations) == [
        "one cached policy cannot refuse GET /a/c/{d}/e to someone who may call GET /a/{b} and GET /a/c/{d}/{f}/e; "
        "give GET /a/c/{d}/e the security of GET /a/c/{d}/{f}/e, or rename a path"
    ]


def test_an_item_is_refused_whose_deny_would_close_its_parts() -> None:
    # /a/1/ is routed to /a/{b}, and the pattern a/*/* covers it.
    sentence, _ = inexpressible([guarded("/a/{b}", "x"), guarded("/a/{b}/{c}", "y")])
    assert sentence.startswith("one cached policy cannot refuse GET /a/{b} to someone who may call GET /a/{b}/{c};")


Path = tuple[str, ...]
PATHS = st.lists(st.sampled_from(["b", "c", "{p}"]), max_size=3).map(lambda parts: ("a", *parts))
SECURITY = st.sets(st.frozensets(st.sampled_from("xyz"), min_size=1, max_size=2), min_size=1, max_size=2)
SCOPE_SETS = [set(scopes) for size in range(4) for scopes in combinations("xyz", size)]


@given(st.dictionaries(PATHS, SECURITY, min_size=1, max_size=5))
def test_refused_is_exactly_what_would_make_the_authorizer_deny_something_granted(
    security_by_path: dict[Path, set[frozenset[str]]],
) -> None:
    operations = [
        Operation("GET", "/" + "/".join(path), tuple(tuple(sorted(needed)) for needed in security))
        for path, security in security_by_path.items()
    ]
    rules = tuple(Rule("GET", path, tuple(security)) for path, security in security_by_path.items())
    harmed = any(denies_something_granted(rules, scopes) for scopes in SCOPE_SETS)
    assert harmed == bool(inexpressible(operations))


def denies_something_granted(rules: tuple[Rule, ...], scopes: set[str]) -> bool:
    granted = frozenset(rule for rule in rules if any(needed <= scopes for needed in rule.any_of))
    denied = resources(rules, granted).denied
    routes = [rule.path for rule in rules]
    return any(
        fnmatchcase(f"GET/{'/'.join(request)}{slash}", pattern)
        for pattern in denied
        for rule in granted
        for request in requests(rule.path)
        if routed(request, routes) == rule.path
        for slash in ("", "/")
    )


def requests(path: Path) -> Iterator[Path]:
    """Every request to a path, its parameters standing for each literal that is in use and one that is not."""
    return product(*(["b", "c", "other"] if part == "{p}" else [part] for part in path))


def routed(request: Path, routes: list[Path]) -> Path:
    fitting = [
        route
        for route in routes
        if len(route) == len(request)
        and all(part in {"{p}", asked} for part, asked in zip(route, request, strict=True))
    ]
    return min(fitting, key=lambda route: [part == "{p}" for part in route])
