"""A local server that plays GitHub, and a job's variables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.pipeline.job import Job, current
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment, running


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A GitHub with one pull request, number 7."""
    with running() as made:
        made.add_pull_request()
        yield made


@pytest.fixture
def job(github: GitHub, tmp_path: Path) -> Job:
    """A job of pull request 7."""
    return current(job_environment(github, tmp_path))
