"""docs/threat-model.md: every threat has a control, and tests that exist."""

from pathlib import Path

import pytest

from scripts.review.threat_model import Proof, Threat, threats

THREATS = threats()


def test_no_row_of_the_table_is_left_out() -> None:
    assert len(THREATS) >= 28


@pytest.mark.parametrize("threat", THREATS, ids=[threat.threat[:40] for threat in THREATS])
def test_a_threat_names_tests_that_exist(threat: Threat) -> None:
    assert threat.tests
    assert [test for test in threat.tests if not test.exists] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    here = Path("tests/unit/scripts/review/test_threat_model.py")
    assert Proof(here, "test_a_test_that_is_not_there_is_noticed").exists
    assert not Proof(here, "test_a_test_that_is_not").exists
    assert not Proof(Path("tests/none.py"), "test_a_test_that_is_not_there_is_noticed").exists
