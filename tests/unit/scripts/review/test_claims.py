"""docs/threat-model.md and docs/faults.md: every row has a promise, and names tests that exist."""

from pathlib import Path

import pytest

from scripts.review.claims import FAULTS, THREATS, Claim, Proof, claims

ROWS = [claim for document in (THREATS, FAULTS) for claim in claims(document)]


def test_no_row_of_the_tables_is_left_out() -> None:
    for document in (THREATS, FAULTS):
        rows = [line for line in document.read_text("utf-8").splitlines() if line.startswith("| ")]
        headings = [line for line in rows if line.startswith(("| **", "| ---", "| threat |", "| fault |"))]
        assert len(claims(document)) == len(rows) - len(headings)


@pytest.mark.parametrize("claim", ROWS, ids=[claim.subject[:50] for claim in ROWS])
def test_a_row_names_tests_that_exist(claim: Claim) -> None:
    assert claim.proofs
    assert [str(proof) for proof in claim.proofs if not proof.exists] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    here = Path("tests/unit/scripts/review/test_claims.py")
    assert Proof(here, "test_a_test_that_is_not_there_is_noticed").exists
    assert not Proof(here, "test_a_test_that_is_not").exists
    assert not Proof(Path("tests/none.py"), "test_a_test_that_is_not_there_is_noticed").exists
