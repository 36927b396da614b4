"""A reviewed plan may be applied; any other change is refused and named."""

import json
from pathlib import Path

import pytest

from scripts.errors import OperationError, UserError
from scripts.pipeline import record_plan, require_plan
from scripts.pipeline.github_api import pull_request_of, repository_of
from scripts.pipeline.job import current
from scripts.pipeline.planned import Planned, PlannedChange, planned
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment

TABLE = PlannedChange("a" * 16, 'module.stack.aws_dynamodb_table.rows["movies"]', "update")
ROLE = PlannedChange("b" * 16, "module.stack.aws_iam_role.execution", "update")
MERGE, HEAD = "2" * 40, "1" * 40


def plan_of(*changes: PlannedChange) -> Planned:
    return Planned("c" * 16, changes)


def command(
    module: object, monkeypatch: pytest.MonkeyPatch, github: GitHub, folder: Path, plan: Planned, number: int | None
) -> None:
    """Run a verb for dev, with a plan in its file."""
    document = {"fingerprint": plan.fingerprint, "changes": [each.__dict__ for each in plan.changes]}
    reports = folder / "reports"
    reports.mkdir(exist_ok=True)
    (reports / "dev.json").write_text(json.dumps(document))
    for name, value in job_environment(github, folder, number, MERGE).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["verb", "dev"])
    monkeypatch.setattr(module, "planned", lambda environment: planned(environment, reports))
    monkeypatch.setattr(require_plan, "REPORTS", reports)
    module.main()  # type: ignore[attr-defined]


def merge(github: GitHub) -> None:
    github.pull_requests[7] |= {"merged_at": "2026-11-29T00:00:00Z", "merge_commit_sha": MERGE}
    github.merged_by[MERGE] = [7]


def test_a_plan_that_was_reviewed_passes_after_the_merge(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE, ROLE), 7)
    assert [(run["name"], run["head_sha"]) for run in github.check_runs] == [("reviewed plan of dev", HEAD)]
    merge(github)
    command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE, ROLE), None)
    assert "all 2 changes were reviewed in pull request 7" in capfd.readouterr().out
    verdict = (tmp_path / "reports" / "dev-review.md").read_text(encoding="utf-8")
    assert verdict == "Every change was looked at: all 2 changes were reviewed in pull request 7.\n"
    command(require_plan, monkeypatch, github, tmp_path, plan_of(ROLE), None)  # somebody has made one of them already


def test_a_change_that_was_not_reviewed_is_refused_and_named(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE), 7)
    merge(github)
    with pytest.raises(
        OperationError, match=r"1 of 2 changes of dev were not reviewed in pull request 7; read .* plan c{16}"
    ):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE, ROLE), None)
    assert "NOT REVIEWED: update module.stack.aws_iam_role.execution" in capfd.readouterr().out
    monkeypatch.setenv("PLAN", "c" * 16)
    command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE, ROLE), None)


def test_the_newest_review_counts(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE, ROLE), 7)
    command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE), 7)
    merge(github)
    with pytest.raises(OperationError, match="1 of 1 changes"):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(ROLE), None)


def test_a_note_of_another_application_and_a_commit_without_a_pull_request_review_nothing(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE), 7)
    with pytest.raises(OperationError, match=r"not reviewed in any pull request \(this commit merged none\)"):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE), None)
    github.merged_by[MERGE] = [7]  # it contains the commit, but is not merged
    with pytest.raises(OperationError, match="this commit merged none"):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE), None)
    merge(github)
    github.check_runs[0]["app"] = {"slug": "somebodys-app"}
    with pytest.raises(OperationError, match="not reviewed in pull request 7"):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(TABLE), None)


def test_a_plan_without_changes_asks_nobody(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(require_plan, monkeypatch, github, tmp_path, plan_of(), None)
    assert github.requests == []


def test_a_very_long_plan_is_noted_and_what_is_cut_is_not_reviewed(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        PlannedChange(f"{number:016x}", f"module.x.aws_lambda_function.{'n' * 60}{number}", "create")
        for number in range(900)
    ]
    command(record_plan, monkeypatch, github, tmp_path, plan_of(*many), 7)
    merge(github)
    command(require_plan, monkeypatch, github, tmp_path, plan_of(many[0]), None)
    with pytest.raises(OperationError, match="changes of dev were not reviewed"):
        command(require_plan, monkeypatch, github, tmp_path, plan_of(*many), None)


def test_only_a_pull_request_has_something_to_note(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="this run belongs to no pull request"):
        command(record_plan, monkeypatch, github, tmp_path, plan_of(TABLE), None)


def test_a_plan_without_its_file_of_changes_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"run `make plan-report ENV=dev CHANGES=build/pipeline/dev\.json` first"):
        planned("dev", tmp_path)


def test_the_description_of_the_merged_pull_request_is_found(github: GitHub, tmp_path: Path) -> None:
    merge(github)
    job = current(job_environment(github, tmp_path, None, MERGE))
    with repository_of(job) as repository:
        found = pull_request_of(job, repository)
    assert found is not None
    assert found.number == 7
