"""The two sides of a comparison, a commit and this checkout, each with its built authorizer."""

import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from scripts.build.artifacts import machine_architecture
from scripts.build.data_files.project import Project, load_project
from scripts.build.functions import AUTHORIZER, build_functions
from scripts.child_environment import for_program
from scripts.errors import CommandError, OperationError, UserError

_NEEDED = ("auth0", "functions", "requirements", "site", ".python-version")  # read by the authorizer's build


@dataclass(frozen=True)
class Side:
    """One side: its name for people, its documents, and the zip of its authorizer, built for this machine."""

    name: str
    project: Project
    authorizer: Path


def here(root: Path) -> Side:
    """Return the checkout with its uncommitted changes; builds its authorizer unless it is up to date."""
    return _side("this checkout", root, root / "build")


def at(revision: str, root: Path) -> Side:
    """Return the commit at which this checkout's branch left a revision, with its authorizer.

    Raises:
        UserError: git does not know the revision, or it shares no history with this branch.
        OperationError: the commit's own data files or libraries cannot be built.
    """
    folder = files_at(revision, root)
    name = f"{revision} ({folder.name[:7]})"
    try:
        return _side(name, folder, folder / "build")
    except CommandError as error:
        raise OperationError(f"the authorizer of {name} cannot be built: {error}") from error


def files_at(revision: str, root: Path) -> Path:
    """Return a folder of build/review, named by the commit, with those files of the commit that the build reads.

    The commit is the one at which this checkout's branch left the revision, so later commits of the other branch do not
    count as changes of this one. Raises UserError as `at` does.
    """
    commit = _common_commit(revision, root)
    folder = root / "build" / "review" / commit[:12]
    if not folder.exists():
        _unpack(commit, root, folder)
    return folder


def _side(name: str, root: Path, output: Path) -> Side:
    project = load_project(root)
    (built,) = build_functions(root, output, machine_architecture(), names=[AUTHORIZER])
    return Side(name, project, built.path)


def _common_commit(revision: str, root: Path) -> str:
    if not revision or revision.startswith("-"):
        raise UserError("say what to compare with: BASE=<branch, tag or commit>.")
    if not _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"):
        raise UserError(f"git knows no revision '{revision}'; fetch it, or correct BASE.")
    common = _git(root, "merge-base", revision, "HEAD").decode().strip()
    if not common:
        raise UserError(f"{revision} and this branch share no commit here; fetch the whole history.")
    return common


def _unpack(commit: str, root: Path, folder: Path) -> None:
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    present = [name for name in _NEEDED if _git(root, "ls-tree", commit, name)]
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", commit, *present))) as archive:
        archive.extractall(unfinished, filter="data")
    (root / "build" / "cache").mkdir(parents=True, exist_ok=True)
    (unfinished / "build").mkdir()
    (unfinished / "build" / "cache").symlink_to(root / "build" / "cache")
    unfinished.rename(folder)


def _git(root: Path, *arguments: str) -> bytes:
    """Return the output of git; empty if git fails."""
    answer = subprocess.run(["git", *arguments], cwd=root, env=for_program(), capture_output=True, check=False)
    return answer.stdout if answer.returncode == 0 else b""
