"""How `make audit` reads the two auditors' answers, and how long an exception is in force."""

import json
from datetime import date

import pytest

from scripts.errors import UserError
from scripts.review.audit import Answer, Vulnerability, accepted, read_npm_audit, read_pip_audit

TODAY = date(2026, 11, 29)


def test_a_vulnerability_of_a_python_library_has_its_names_and_its_fix() -> None:
    vulnerability = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.0"], "description": ""}
    said = {"dependencies": [{"name": "lib", "version": "1.0", "vulns": [vulnerability]}], "fixes": []}
    found = Vulnerability(("PYSEC-2026-1", "CVE-2026-1"), "lib 1.0", "fixed in 2.0")
    assert read_pip_audit(json.dumps(said)) == Answer((found,))


def test_a_library_that_the_database_lacks_is_not_audited() -> None:
    said = {"dependencies": [{"name": "lib", "version": "1", "vulns": []}, {"name": "other", "skip_reason": "absent"}]}
    assert read_pip_audit(json.dumps(said)).not_audited == "the database knows 1 of 2 libraries"


def test_an_advisory_of_npm_counts_once_however_many_packages_lead_to_it() -> None:
    advisory = {"url": "https://github.com/advisories/GHSA-aaaa", "range": "<2"}
    packages = {
        "inner": {"via": [advisory], "fixAvailable": True},
        "outer": {"via": ["inner"], "fixAvailable": True},
    }
    found = Vulnerability(("GHSA-aaaa",), "inner <2", "`npm audit fix` in its folder")
    assert read_npm_audit(json.dumps({"vulnerabilities": packages})) == Answer((found,))


def test_a_registry_that_does_not_audit_is_reported() -> None:
    assert read_npm_audit('{"message": "405 Method Not Allowed"}').not_audited == "405 Method Not Allowed"


def test_an_exception_holds_until_its_day_and_says_why() -> None:
    written = {"GHSA-aaaa": {"until": TODAY, "why": "Not reached."}}
    assert accepted(written, TODAY) == {"GHSA-aaaa": "until 2026-11-29: Not reached."}
    with pytest.raises(UserError, match="was accepted until 2026-11-29; look again"):
        accepted(written, date(2026, 11, 30))


@pytest.mark.parametrize("exception", [{"until": TODAY}, {"why": "x"}, {"until": "soon", "why": "x"}, "x"])
def test_an_exception_without_a_day_or_a_reason_is_refused(exception: object) -> None:
    with pytest.raises(UserError, match="needs `until`"):
        accepted({"GHSA-aaaa": exception}, TODAY)
