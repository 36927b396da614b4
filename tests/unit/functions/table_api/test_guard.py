from typing import Any

import pytest

from table_api.document import Action, Operation
from table_api.errors import InsufficientScopeError, UnguardedError
from table_api.guard import require_scopes


def operation(*any_of: set[str]) -> Operation:
    return Operation(Action.LIST, "/x", tuple(map(frozenset, any_of)), (), (), (), "")


@pytest.mark.parametrize("authorizer", [None, {}, {"principalId": "someone"}, {"scope": None}, {"scope": ["a"]}])
def test_no_scopes_from_the_authorizer_means_closed(authorizer: dict[str, Any] | None) -> None:
    with pytest.raises(UnguardedError):
        require_scopes(operation({"a"}), authorizer)


@pytest.mark.parametrize("scope", ["a b", "b a", "c", "x c y"])
def test_all_scopes_of_one_alternative_are_enough(scope: str) -> None:
    require_scopes(operation({"a", "b"}, {"c"}), {"scope": scope})


@pytest.mark.parametrize("scope", ["", " ", "a", "b", "ab", "a,b", "A B", "a\tb", "cc"])
def test_less_than_one_alternative_is_not(scope: str) -> None:
    with pytest.raises(InsufficientScopeError):
        require_scopes(operation({"a", "b"}, {"c"}), {"scope": scope})


def test_an_alternative_of_no_scopes_opens_nothing() -> None:
    with pytest.raises(InsufficientScopeError):
        require_scopes(operation(set()), {"scope": "a"})


def test_a_public_operation_needs_nothing() -> None:
    require_scopes(Operation(Action.HEALTH, "/x", None, (), (), (), ""), None)
