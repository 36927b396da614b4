"""Each environment has one issue, which is opened, changed and closed."""

import json
from pathlib import Path

import pytest

from scripts.pipeline.doctor_findings import DoctorFinding, doctor_findings
from scripts.pipeline.drift import Night, keep_true
from scripts.pipeline.github_api import repository_of
from scripts.pipeline.job import Job
from scripts.pipeline.planned import Planned, PlannedChange
from tests.unit.scripts.pipeline.github_stand_in import PERSON, GitHub

SAME = Planned("0" * 16, ())
TABLE, ROLE = (
    Planned(letter * 16, (PlannedChange(letter * 16, f"aws_{name}.rows", "update"),))
    for letter, name in (("a", "dynamodb_table"), ("b", "iam_role"))
)


GITHUB_CONNECTION = DoctorFinding(
    "Connections of the site", "warning", '"github" is enabled for the site\'s application', "disable it"
)


def tell(job: Job, environment: str, plan: Planned | None, findings: tuple[DoctorFinding, ...] | None = ()) -> str:
    with repository_of(job) as repository:
        return keep_true(repository, job, Night(environment, plan, findings))


def test_an_issue_is_opened_changed_and_closed(github: GitHub, job: Job) -> None:
    assert tell(job, "dev", SAME) == "dev is as declared"
    assert tell(job, "dev", TABLE).startswith("opened")
    (issue,) = github.issues.values()
    assert (issue["title"], issue["labelled"]) == ("Drift of dev", ["drift"])
    assert "aws_dynamodb_table.rows" in issue["body"]
    assert tell(job, "dev", TABLE).endswith("is up to date")
    assert tell(job, "dev", ROLE).startswith("changed")
    assert "aws_iam_role.rows" in issue["body"]
    assert tell(job, "dev", SAME).startswith("closed")
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "dev is as declared again" in github.bodies(issue["number"])[0]
    assert tell(job, "dev", TABLE).startswith("opened")
    assert len(github.issues) == 2


def test_each_environment_has_its_own_issue(github: GitHub, job: Job) -> None:
    tell(job, "dev", TABLE)
    tell(job, "prod", TABLE)
    tell(job, "dev", SAME)
    assert [(issue["title"], issue["state"]) for issue in github.issues.values()] == [
        ("Drift of dev", "closed"),
        ("Drift of prod", "open"),
    ]


def test_a_plan_that_failed_opens_the_issue_and_closes_none(github: GitHub, job: Job) -> None:
    tell(job, "dev", None)
    (issue,) = github.issues.values()
    assert "**The plan of dev failed**" in issue["body"]
    tell(job, "dev", None)
    assert issue["state"] == "open"
    assert len(github.issues) == 1


def test_an_issue_of_a_person_is_left_alone(github: GitHub, job: Job) -> None:
    tell(job, "dev", TABLE)
    (issue,) = github.issues.values()
    issue["user"] = PERSON
    tell(job, "dev", SAME)
    assert issue["state"] == "open"


def test_a_finding_of_doctor_opens_the_issue_and_its_end_closes_it(github: GitHub, job: Job) -> None:
    assert tell(job, "dev", SAME, (GITHUB_CONNECTION,)).startswith("opened")
    (issue,) = github.issues.values()
    assert GITHUB_CONNECTION.line in issue["body"].splitlines()
    assert "differ" not in issue["body"], "the plan changes nothing"
    tell(job, "dev", TABLE, (GITHUB_CONNECTION,))
    assert issue["body"].index("Connections of the site") < issue["body"].index("aws_dynamodb_table.rows")
    assert tell(job, "dev", TABLE).startswith("changed")
    assert tell(job, "dev", SAME).startswith("closed")


def test_a_doctor_that_failed_opens_the_issue_and_closes_none(github: GitHub, job: Job) -> None:
    assert tell(job, "dev", SAME, None).startswith("opened")
    (issue,) = github.issues.values()
    assert "**`make doctor` failed**" in issue["body"]


@pytest.mark.parametrize("text", ["", "error: no", '{"findings": [{"check": "Tenant"}]}'])
def test_a_document_that_doctor_did_not_finish_is_no_finding(tmp_path: Path, text: str) -> None:
    assert doctor_findings("dev", tmp_path) is None
    (tmp_path / "dev-doctor.json").write_text(text, encoding="utf-8")
    assert doctor_findings("dev", tmp_path) is None


def test_a_note_is_no_finding(tmp_path: Path) -> None:
    rows = [vars(GITHUB_CONNECTION), {**vars(GITHUB_CONNECTION), "severity": "note", "fix": None}]
    (tmp_path / "dev-doctor.json").write_text(json.dumps({"findings": rows}), encoding="utf-8")
    assert doctor_findings("dev", tmp_path) == (GITHUB_CONNECTION,)
