"""`make propose BRANCH=<branch> TITLE=<title>`: put the changed files into a pull request, a new or an open one.

It commits the changes to tracked files, pushes the commit over the branch on `origin`, and opens a pull request to the
branch that was checked out. Without changes it does nothing. If a workflow's own token opens a pull request, GitHub
starts no workflow for it until a person approves the run.
"""

import base64
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scripts import command_line
from scripts.child_environment import for_program
from scripts.console import detail
from scripts.errors import OperationError, UserError, run
from scripts.pipeline.github_api import repository_of
from scripts.pipeline.job import Job, current
from scripts.tools import ROOT

_AUTHOR = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
"""The application's account: https://api.github.com/users/github-actions[bot] has the number."""


def main() -> None:
    """Commit, push, and open the pull request."""
    parser = command_line.parser("propose", __doc__)
    parser.add_argument("--branch", default=os.environ.get("BRANCH"), help="default: BRANCH")
    parser.add_argument("--title", default=os.environ.get("TITLE"), help="of the commit, too (default: TITLE)")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout")
    arguments = parser.parse_args()
    if not arguments.branch or not arguments.title:
        raise UserError("say what to propose: make propose BRANCH=<branch> TITLE=<title>.")
    job = current(os.environ)
    root: Path = arguments.root
    if not _git(root, "status", "--porcelain", "--untracked-files=no"):
        detail("nothing has changed, so there is nothing to propose")
        return
    base = _git(root, "branch", "--show-current")
    if not base or base == arguments.branch:
        raise UserError(f"check out the target branch of {arguments.branch}, then run again.")
    _push(root, job, arguments.branch, arguments.title)
    owner = job.repository.partition("/")[0]
    with repository_of(job) as repository:
        opened = [*repository.get_pulls(state="open", head=f"{owner}:{arguments.branch}", base=base)]
        if opened:
            detail(f"pushed to {opened[0].html_url}")
            return
        text = f"[A run]({job.run_url}) made this change. `make test` decides on it."
        made = repository.create_pull(base=base, head=arguments.branch, title=arguments.title, body=text)
        detail(f"opened {made.html_url}")


def _push(root: Path, job: Job, branch: str, title: str) -> None:
    """Commit outside the checked-out branch, and push that commit."""
    name, email = _AUTHOR
    person = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", email))
    }
    _git(root, "add", "--update")
    tree = _git(root, "write-tree")
    commit = _git(root, "commit-tree", tree, "-p", "HEAD", "-m", title, more=person)
    _git(root, "reset", "--quiet")
    _git(root, "push", "--quiet", "--force", "origin", f"{commit}:refs/heads/{branch}", more=_authorization(root, job))


def _authorization(root: Path, job: Job) -> Mapping[str, str]:
    """Return the variables that give git the job's token; as an argument, every process could see it."""
    remote = _git(root, "remote", "get-url", "origin")
    if not remote.startswith("https://"):
        return {}
    secret = base64.b64encode(f"x-access-token:{job.token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{remote}.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {secret}",
    }


def _git(root: Path, *arguments: str, more: Mapping[str, str] | None = None) -> str:
    environment = {**for_program(), **(more or {})}
    answer = subprocess.run(["git", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise OperationError(f"git {arguments[0]} failed: {answer.stderr.strip().splitlines()[-1:]}")
    return answer.stdout.strip()


if __name__ == "__main__":
    run(main)
