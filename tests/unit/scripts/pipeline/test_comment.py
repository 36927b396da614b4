"""Each subject has one comment, which is changed in place, even if somebody changes it meanwhile."""

from pathlib import Path

import pytest

from scripts.errors import OperationError
from scripts.pipeline.comment import body, marker, put
from scripts.pipeline.github_api import LONGEST_TEXT, NotPermittedError, cut, repository_of
from scripts.pipeline.job import Job
from tests.unit.scripts.pipeline.github_stand_in import PERSON, GitHub

FIRST = marker("access")


def write(job: Job, text: str) -> str:
    with repository_of(job) as repository:
        return put(repository.get_pull(7), FIRST, f"{FIRST}\n\n{text}")


def test_the_second_report_replaces_the_first(github: GitHub, job: Job) -> None:
    assert write(job, "one").startswith("wrote https://github.example/")
    assert write(job, "two").startswith("changed https://github.example/")
    assert github.bodies(7) == [f"{FIRST}\n\ntwo"]


def test_the_comment_is_found_on_a_later_page(github: GitHub, job: Job) -> None:
    for number in range(65):
        github.add_comment(7, f"talk {number}", PERSON)
    github.add_comment(7, f"{FIRST}\n\nold")
    assert write(job, "new").startswith("changed")
    assert github.bodies(7)[-1].endswith("new")
    assert len(github.bodies(7)) == 66


def test_a_comment_that_somebody_deletes_meanwhile_is_written_again(github: GitHub, job: Job) -> None:
    github.vanishing.add(github.add_comment(7, f"{FIRST}\n\nold")["id"])
    assert write(job, "new").startswith("wrote")
    assert github.bodies(7) == [f"{FIRST}\n\nnew"]


def test_several_comments_are_replaced_by_one(github: GitHub, job: Job) -> None:
    for _ in range(3):
        github.add_comment(7, f"{FIRST}\n\nold")
    write(job, "new")
    assert github.bodies(7) == [f"{FIRST}\n\nnew"]


def test_a_persons_comment_that_begins_like_ours_is_left_alone(github: GitHub, job: Job) -> None:
    github.add_comment(7, f"{FIRST}\n\nall is well", PERSON)
    write(job, "new")
    assert github.bodies(7) == [f"{FIRST}\n\nall is well", f"{FIRST}\n\nnew"]


@pytest.mark.parametrize(
    "refusal",
    [
        (403, {"Retry-After": "0"}, "You have exceeded a secondary rate limit"),
        (429, {"Retry-After": "0"}, "Too many requests"),
        (403, {"X-RateLimit-Reset": "1"}, "API rate limit exceeded for installation"),
        (502, {}, "Server Error"),
    ],
)
def test_a_limit_of_the_rate_is_waited_out(github: GitHub, job: Job, refusal: tuple[int, dict[str, str], str]) -> None:
    github.refusals.append(refusal)
    assert write(job, "new").startswith("wrote")
    assert github.requests[:2] == ["GET /repos/owner/project"] * 2


def test_a_limit_that_lasts_too_long_is_an_error(github: GitHub, job: Job) -> None:
    github.refusals.append((403, {"X-RateLimit-Reset": "99999999999"}, "API rate limit exceeded for installation"))
    with pytest.raises(OperationError, match="GitHub answers 403"):
        write(job, "new")


def test_a_token_that_may_only_read_has_its_own_error(github: GitHub, job: Job) -> None:
    github.only_reads = True
    with pytest.raises(NotPermittedError, match="Resource not accessible by integration; give the job the permission"):
        write(job, "new")


def test_a_wrong_token_and_a_server_that_does_not_answer_are_sentences(github: GitHub, job: Job) -> None:
    github.refusals.append((401, {}, "Bad credentials"))
    with pytest.raises(OperationError, match="GitHub answers 401 Bad credentials; give the step GITHUB_TOKEN"):
        write(job, "new")


def test_a_body_has_its_reports_its_commit_and_its_run(job: Job, tmp_path: Path) -> None:
    (tmp_path / "access.md").write_text("## Who can call what\n")
    (tmp_path / "proof.txt").write_text("Proved\n")
    text = body(job, "access", [tmp_path / "access.md", tmp_path / "proof.txt"])
    assert text == (
        f"{FIRST}\n\n## Who can call what\n\n```text\nProved\n```\n\n"
        f"Commit {'1' * 12}, [run](https://github.example/owner/project/actions/runs/99)."
    )


def test_a_missing_or_empty_report_is_mentioned(job: Job, tmp_path: Path) -> None:
    (tmp_path / "access.md").touch()
    text = body(job, "access", [tmp_path / "access.md", tmp_path / "proof.txt"])
    assert "**There is no access**: its step failed before it could report." in text
    assert "**There is no proof**" in text


def test_a_report_that_is_too_long_is_cut_and_github_takes_it(github: GitHub, job: Job, tmp_path: Path) -> None:
    rows = "\n".join(f"| row {number} | {'x' * 90} |" for number in range(1000))
    (tmp_path / "plan.md").write_text(f"## Plan\n\n<details><summary>The rest</summary>\n\n{rows}\n\n</details>")
    text = body(job, "plan of dev", [tmp_path / "plan.md"])
    assert LONGEST_TEXT * 0.9 < len(text) <= LONGEST_TEXT
    assert text.count("<details>") == text.count("</details>") == 1
    assert "**The rest is left out, because GitHub limits the length.** [The run](" in text
    with repository_of(job) as repository:
        put(repository.get_pull(7), marker("plan of dev"), text)
    assert len(github.bodies(7)) == 1


def test_a_cut_within_a_fenced_block_closes_it(job: Job) -> None:
    text = cut("```text\n" + "line\n" * 100 + "```", job, limit=300)
    assert len(text) <= 300
    assert text.count("```") == 2


def test_a_comment_says_first_that_its_job_has_failed(job: Job, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("A report.", encoding="utf-8")
    said = f"**The job has failed.** [The run]({job.run_url}) says at which step."
    assert "Applied" not in body(job, "access", [report], status="success")
    assert body(job, "deployment of dev", [report], status="success").splitlines()[2].startswith("**Applied**")
    assert body(job, "access", [report], status="failure").startswith(f"{FIRST}\n\n{said}\n\nA report.")
    assert said not in body(job, "access", [report])
