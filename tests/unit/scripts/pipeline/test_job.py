"""A job's variables are read once; a missing one is reported in a sentence."""

from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.pipeline.job import current
from tests.unit.scripts.pipeline.github_stand_in import BOT, GitHub, job_environment


def test_a_job_knows_its_run_and_its_pull_request(github: GitHub, tmp_path: Path) -> None:
    job = current(job_environment(github, tmp_path))
    assert job.run_url == "https://github.example/owner/project/actions/runs/99"
    assert job.pull_request is not None
    assert job.pull_request["number"] == 7
    assert not job.is_of_a_stranger
    assert current(job_environment(github, tmp_path, pull_request=None)).pull_request is None


def test_a_fork_a_deleted_fork_and_dependabot_are_strangers(github: GitHub, tmp_path: Path) -> None:
    head = github.pull_requests[7]["head"]
    for repository in ({"full_name": "stranger/project"}, None):
        github.pull_requests[7]["head"] = {**head, "repo": repository}
        assert current(job_environment(github, tmp_path)).is_of_a_stranger
    github.pull_requests[7] |= {"head": head, "user": {**BOT, "login": "dependabot[bot]"}}
    assert current(job_environment(github, tmp_path)).is_of_a_stranger


@pytest.mark.parametrize(
    "name", ["GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_RUN_ID", "GITHUB_TOKEN", "GITHUB_EVENT_PATH"]
)
def test_a_missing_variable_is_a_users_mistake(github: GitHub, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=f"{name} is not set; this verb runs in a job of GitHub Actions"):
        current({**job_environment(github, tmp_path), name: ""})


def test_an_events_file_that_cannot_be_read_is_a_users_mistake(github: GitHub, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="GITHUB_EVENT_PATH names /nowhere, which cannot be read"):
        current({**job_environment(github, tmp_path), "GITHUB_EVENT_PATH": "/nowhere"})
