"""One issue per environment: opened, changed, closed."""

from scripts.pipeline.drift import keep_true
from scripts.pipeline.github_api import repository_of
from scripts.pipeline.job import Job
from scripts.pipeline.planned import Planned, PlannedChange
from tests.unit.scripts.pipeline.github_stand_in import PERSON, GitHub

SAME = Planned("0" * 16, ())
TABLE, ROLE = (
    Planned(letter * 16, (PlannedChange(letter * 16, f"aws_{name}.rows", "update"),))
    for letter, name in (("a", "dynamodb_table"), ("b", "iam_role"))
)


def tell(job: Job, environment: str, plan: Planned | None) -> str:
    with repository_of(job) as repository:
        return keep_true(repository, job, environment, plan)


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
