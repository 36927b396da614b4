"""What the evidence says of a control, from the results of the tests that show it."""

from scripts.review.evidence import controls, read_results
from scripts.review.threat_model import threats

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.system.test_site" name="test_good[a]"/>
<testcase classname="tests.system.test_site" name="test_bad[a]"><failure>why</failure></testcase>
<testcase classname="tests.system.test_site" name="test_bad[b]"/>
<testcase classname="tests.system.test_site" name="test_left"><skipped/></testcase>
</testsuite></testsuites>"""


def test_of_a_test_with_many_cases_the_worst_counts() -> None:
    prefix = "tests/system/test_site.py::"
    assert read_results(JUNIT) == {
        f"{prefix}test_good": "passed",
        f"{prefix}test_bad": "failed",
        f"{prefix}test_left": "skipped",
    }


def test_a_control_whose_test_did_not_run_is_not_shown() -> None:
    passed = {f"{proof.file}::{proof.name}": "passed" for threat in threats() for proof in threat.tests}
    assert controls(passed)[1]
    missing = dict(list(passed.items())[1:])
    text, is_good = controls(missing)
    assert not is_good
    assert text.count("| not run |") == 1
