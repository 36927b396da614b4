"""Every row of the table of hostile tokens and events, against the handler as `main` builds it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from authorizer.configuration import build_handler
from scripts.hostile_tokens.case import Answer, Case, Need, Setup
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE
from tests.unit.functions.authorizer.hostile import NOW, Handler, check, configured, event_of, make_scenario


@pytest.fixture(scope="module")
def scenario() -> Iterator[Scenario]:
    with make_scenario() as made:
        yield made


@pytest.fixture(scope="module")
def handlers(scenario: Scenario) -> Callable[[Setup], Handler]:
    """Return the handler for a setup, made once."""
    made: dict[Setup, Handler] = {}

    def find(setup: Setup) -> Handler:
        if setup not in made:
            settings, access_model = configured(scenario, setup)
            made[setup] = build_handler(
                settings, json.dumps(access_model), clock=lambda: NOW, monotonic=lambda: 0.0, log=lambda _: None
            )
        return made[setup]

    return find


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in TABLE])
def test_hostile_tokens_and_events_get_the_answer_that_the_table_expects(
    case: Case, scenario: Scenario, handlers: Callable[[Setup], Handler]
) -> None:
    check(case, event_of(case, scenario), handlers(case.setup), scenario)


def test_the_table_is_as_large_as_it_says_and_every_row_has_a_name_and_a_reason_of_its_own() -> None:
    assert len(TABLE) >= 1_000
    assert [name for name, count in Counter(case.name for case in TABLE).items() if count > 1] == []
    assert [case.name for case in TABLE if not case.why or not case.category] == []


def test_every_setup_has_a_control_that_passes() -> None:
    for setup in Setup:
        assert [case for case in TABLE if case.setup is setup and case.expected is Answer.ALLOW], setup


def test_a_row_that_says_it_needs_less_than_the_issuers_key_can_be_made_without_it(scenario: Scenario) -> None:
    good = scenario.good_token()
    for case in TABLE:
        if case.recipe.need < Need.KEY:
            case.recipe.make(replace(scenario, key=None, token=good if case.recipe.need is Need.TOKEN else None))
