"""What one cached policy cannot express; a property test of the authorizer shows that it is all."""

import pytest

from scripts.build.data_files.operations import Operation
from scripts.build.data_files.overlaps import inexpressible


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
        pytest.param(
            [guarded("/a/b", "x"), guarded("/a/b/{c}", "y"), guarded("/a/{b}/a", "x")],
            id="a Deny that hits a granted path only with a slash at its end",
        ),
    ],
)
def test_paths_that_a_policy_can_distinguish_are_allowed(operations: list[Operation]) -> None:
    assert inexpressible(operations) == []


def test_an_allowed_route_inside_a_denied_one_inside_an_allowed_one_is_refused() -> None:
    operations = [guarded("/a/{b}", "x"), guarded("/a/c/{d}/e", "y"), guarded("/a/c/{d}/{f}/e", "x")]
    assert inexpressible(operations) == [
        "one cached policy cannot refuse GET /a/c/{d}/e to someone who may call GET /a/{b} and GET /a/c/{d}/{f}/e; "
        "give GET /a/c/{d}/e the security of GET /a/c/{d}/{f}/e, or rename a path"
    ]


def test_an_item_is_refused_whose_deny_would_close_its_parts() -> None:
    # /a/1/ is routed to /a/{b}, and the pattern a/*/* covers it.
    [sentence] = inexpressible([guarded("/a/{b}", "x"), guarded("/a/{b}/{c}", "y")])
    assert sentence.startswith("one cached policy cannot refuse GET /a/{b} to someone who may call GET /a/{b}/{c};")
