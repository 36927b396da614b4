"""The release that a rollback chooses. tests/system/test_rollback.py goes back on a running system."""

import pytest

from scripts.errors import UserError
from scripts.operate.rollback import choose
from scripts.releases import Release


def release(number: int, *, checked: bool = False, back_to: int | None = None) -> Release:
    return Release(number, "abc", {}, {}, {}, checked=checked, back_to=back_to)


GOOD, UNTRIED, BAD = release(1, checked=True), release(2), release(3)


def test_the_last_release_before_the_present_whose_smoke_test_passed_is_chosen() -> None:
    assert choose([GOOD, UNTRIED, BAD], "", as_recorded=True) == GOOD


def test_where_none_was_tried_the_one_before_is_chosen() -> None:
    assert choose([release(1), UNTRIED, BAD], "", as_recorded=True) == UNTRIED


def test_after_an_apply_that_was_cut_short_the_last_whole_release_is_the_one_before() -> None:
    assert choose([GOOD], "", as_recorded=False) == GOOD


def test_a_second_rollback_goes_further_back_and_not_to_the_first() -> None:
    known = [GOOD, release(2, checked=True), BAD, release(4, back_to=2)]
    assert choose(known, "", as_recorded=True) == GOOD


def test_a_release_is_chosen_by_its_number() -> None:
    assert choose([GOOD, UNTRIED], "2", as_recorded=True) == UNTRIED
    with pytest.raises(UserError, match="there is no release 9 to go back to: TO=<one of 1, 2>"):
        choose([GOOD, UNTRIED], "9", as_recorded=True)


def test_without_a_release_before_there_is_nothing_to_go_back_to() -> None:
    for known in ([], [GOOD]):
        with pytest.raises(UserError, match="there is no earlier release to go back to"):
            choose(known, "", as_recorded=True)
