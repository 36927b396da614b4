"""The verdict on a claim, from the results of its tests."""

from scripts.review.claims import FAULTS, THREATS, claims
from scripts.review.faults import report
from scripts.review.proofs import Result, read_results, table

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.system.test_site" name="test_good[a]"/>
<testcase classname="tests.system.test_site" name="test_bad[a]">
<failure message="assert 1 == 2&#10;more">why</failure></testcase>
<testcase classname="tests.system.test_site" name="test_bad[b]"/>
<testcase classname="tests.system.test_site" name="test_left"><skipped/></testcase>
</testsuite></testsuites>"""


def test_of_a_test_with_many_cases_the_worst_counts() -> None:
    prefix = "tests/system/test_site.py::"
    assert read_results(JUNIT) == {
        f"{prefix}test_good": Result("passed"),
        f"{prefix}test_bad": Result("failed", "assert 1 == 2"),
        f"{prefix}test_left": Result("skipped"),
    }


def test_a_claim_whose_test_did_not_run_is_not_shown() -> None:
    listed = claims(THREATS)
    passed = {str(proof): Result("passed") for claim in listed for proof in claim.proofs}
    assert table(listed, passed, ("threat", "control"))[1]
    text, is_good = table(listed, dict(list(passed.items())[1:]), ("threat", "control"))
    assert not is_good
    assert text.count("| not run |") == 1


def test_the_report_of_a_fault_names_the_test_that_did_not_pass() -> None:
    [first, *_] = claims(FAULTS)
    [good, bad] = first.proofs
    told = list(report([first], {str(good): Result("passed"), str(bad): Result("failed", "assert 1 == 2")}))
    assert told[1] == f"NOT KEPT  {first.subject}"
    assert told[3:5] == [f"            passed   {good}", f"            failed   {bad}"]
