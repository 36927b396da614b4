"""The jobs that plan, deploy and watch dev, on an existing environment. Each test continues the previous one."""

import re
import subprocess

from scripts.project_name import PROJECT
from scripts.tools import ROOT
from tests.pipeline.conftest import Applied, Project
from tests.unit.github.shown import require_shown

REMARK, OPENING = 7, 8
DOCUMENT = min((ROOT / "functions").glob("*/openapi.yaml"))
API = DOCUMENT.parent.name
LINE = f"accept: GET /{API} for everyone, without a token"
DIFFERENCE = "Show for whom which operation opens or closes"
REVIEW = "Refuse a plan that nobody has reviewed"
LOGS = f"/aws/lambda/{PROJECT}-dev-{API}"
DEV = {"matrix.environment": "dev", "inputs.plan_dev": ""}


def test_a_pull_request_with_a_remark_changes_nothing(project: Project) -> None:
    remark = {"terraform/cloud/edge.tf": ("# The parts", "# These are the parts")}
    project.open_pull_request(REMARK, remark)
    ran = project.job("pull-request", "plan", "dev-plan", number=REMARK, expressions=DEV)
    assert ran.succeeded, ran.output
    comment = project.comment(REMARK, "plan of dev")
    assert "Nothing changes: everything is as declared." in comment
    (note,) = project.github.check_runs
    assert note["output"]["title"] == "no changes"


def test_a_pull_request_that_opens_an_operation_is_refused_and_then_accepted(project: Project) -> None:
    (guarded, *_) = re.findall(r"security: \[\{.*\}\]", DOCUMENT.read_text(encoding="utf-8"))
    opening = {str(DOCUMENT.relative_to(ROOT)): (guarded, "security: []")}
    project.open_pull_request(OPENING, opening)
    ran = project.job("pull-request", "access", number=OPENING)
    assert ran.failed == [DIFFERENCE], ran.output
    assert LINE in project.comment(OPENING, "access").splitlines()
    project.github.pull_requests[OPENING]["body"] = f"A reason.\n\n{LINE}\n"
    ran = project.job("pull-request", "access", number=OPENING)
    assert ran.succeeded, ran.output
    ran = project.job("pull-request", "plan", "dev-plan", number=OPENING, expressions=DEV)
    assert ran.succeeded, ran.output
    assert "kept with its build" in ran.output
    require_shown("plan-of-an-opened-operation", project.comment(OPENING, "plan of dev"))


def test_its_merge_is_planned_again_applied_and_tried(project: Project) -> None:
    ran = project.job("main", "dev", "dev", commit=project.merge(OPENING), expressions=DEV)
    assert ran.succeeded, ran.output
    assert "All " in ran.output
    assert "checks passed" in ran.output
    assert "were reviewed in pull request 8" in project.comment(OPENING, "deployment of dev")


def test_a_merge_after_a_change_by_hand_is_refused(project: Project, applied: Applied) -> None:
    applied.client("logs").put_retention_policy(logGroupName=LOGS, retentionInDays=1)
    ran = project.job("main", "dev", "dev", commit=project.merge(REMARK), expressions=DEV)
    assert ran.failed == [REVIEW], ran.output
    comment = project.comment(REMARK, "deployment of dev")
    assert "Nobody has seen" in comment
    assert "log" in comment


def test_the_night_names_the_change_until_somebody_has_read_the_plan_and_had_it_applied(project: Project) -> None:
    ran = project.job("drift", "drift", "dev-plan", expressions=DEV)
    assert ran.succeeded, ran.output
    (issue,) = project.github.issues.values()
    assert "| `aws_cloudwatch_log_group.output` | `retention_in_days` | `1` | `365` |" in issue["body"]

    (fingerprint,) = re.findall(r"with plan ([0-9a-f]{16})", project.comment(REMARK, "deployment of dev"))
    by_hand = {**DEV, "inputs.plan_dev": fingerprint}
    merge = project.github.pull_requests[REMARK]["merge_commit_sha"]
    ran = project.job("main", "dev", "dev", commit=merge, expressions=by_hand)
    assert ran.succeeded, ran.output

    ran = project.job("drift", "drift", "dev-plan", expressions=DEV)
    assert ran.succeeded, ran.output
    assert len(project.github.issues) == 1
    assert "retention" not in issue["body"]
    assert "The main branch" not in issue["body"], "the plan is empty again"
    assert "What `make doctor ENV=dev` finds" in issue["body"], "the tenant serves a shop, whose Action runs first"


def test_a_kept_plan_is_refused_on_another_machine_once_the_state_has_changed(project: Project) -> None:
    other = project.on_another_machine(f"change-{OPENING}")
    ended = subprocess.run(
        ["make", "apply", "ENV=dev"],
        cwd=other,
        env=project.shell_of("dev"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "Saved plan is stale" in ended.stderr, ended.stdout + ended.stderr
