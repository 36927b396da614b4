"""The changes go to a branch and into one pull request; the checked-out branch stays as it is."""

import base64
import os
import subprocess
from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.pipeline import propose
from scripts.pipeline.job import current
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment

pytestmark = pytest.mark.process


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, github: GitHub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with one file, and the verb's variables for it."""
    made, bare = tmp_path / "clone", tmp_path / "origin.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(bare))
    git(tmp_path, "clone", "-q", str(bare), str(made))
    git(made, "checkout", "-q", "-b", "main")
    (made / "versions.txt").write_text("1\n")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "main")
    git(made, "push", "-q", "origin", "main")
    for name, value in job_environment(github, tmp_path, None).items():
        monkeypatch.setenv(name, value)
    command = ["propose", "--branch", "dependencies", "--title", "Newer versions", "--root", str(made)]
    monkeypatch.setattr("sys.argv", command)
    return made


def test_changed_files_become_a_pull_request_and_later_ones_replace_them(
    clone: Path, github: GitHub, capfd: pytest.CaptureFixture[str]
) -> None:
    (clone / "versions.txt").write_text("2\n")
    (clone / "untracked.txt").touch()
    propose.main()
    made = github.pull_requests[max(github.pull_requests)]
    assert (made["title"], made["head"]["ref"]) == ("Newer versions", "dependencies")
    assert git(clone, "ls-tree", "--name-only", "origin/dependencies") == "versions.txt"
    assert git(clone, "show", "origin/dependencies:versions.txt") == "2"
    assert git(clone, "log", "-1", "--format=%an %s", "origin/dependencies") == "github-actions[bot] Newer versions"
    assert git(clone, "log", "-1", "--format=%s") == "main"
    count = len(github.pull_requests)
    (clone / "versions.txt").write_text("3\n")
    propose.main()
    assert git(clone, "show", "origin/dependencies:versions.txt") == "3"
    assert git(clone, "rev-list", "--count", "main..origin/dependencies") == "1"
    assert len(github.pull_requests) == count
    assert "pushed to https://github.example/" in capfd.readouterr().out


def test_without_a_change_nothing_is_proposed(clone: Path, github: GitHub) -> None:
    (clone / "untracked.txt").touch()
    propose.main()
    assert github.requests == []


def test_a_detached_checkout_is_a_users_mistake(clone: Path) -> None:
    (clone / "versions.txt").write_text("2\n")
    git(clone, "checkout", "-q", "--detach")
    with pytest.raises(UserError, match="check out the target branch of dependencies"):
        propose.main()


def test_the_token_reaches_git_in_variables_and_for_the_remote_alone(
    clone: Path, github: GitHub, tmp_path: Path
) -> None:
    job = current(job_environment(github, tmp_path, None))
    assert propose._authorization(clone, job) == {}, "a folder needs none"
    git(clone, "remote", "set-url", "origin", "https://github.example/owner/project")
    given = {**os.environ, **propose._authorization(clone, job)}
    asked = {
        remote: subprocess.run(
            ["git", "config", "--get-urlmatch", "http.extraheader", remote], env=given, capture_output=True, text=True
        ).stdout.strip()
        for remote in ("https://github.example/owner/project", "https://elsewhere.example/owner/project")
    }
    secret = base64.b64encode(b"x-access-token:a-token").decode()
    assert [*asked.values()] == [f"AUTHORIZATION: basic {secret}", ""]
