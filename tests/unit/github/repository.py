"""A clone of a bare repository, in which the steps of a job run with this checkout's tools."""

import os
import shutil
import subprocess
from pathlib import Path

from scripts.tools import ROOT

_NEEDED = (".gitignore", ".terraform-version", "CHANGELOG.md")
"""The files that the jobs read, without a build."""


def git(folder: Path, *arguments: str) -> str:
    """Run git as some author, and return its output."""
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.com")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def clone_of(source: Path, folder: Path) -> Path:
    """Commit a copy of the project as the branch main of a bare repository, and return a clone of that."""
    bare, made = folder / "origin.git", folder / "clone"
    for name in _NEEDED:
        shutil.copy(ROOT / name, source)
    for packages in ("site", "scripts/build/compiler"):
        (source / packages / "node_modules").unlink(missing_ok=True)
    git(source, "init", "-q", "-b", "main")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "main")
    git(folder, "clone", "-q", "--bare", str(source), str(bare))
    git(folder, "clone", "-q", str(bare), str(made))
    lend_tools(made)
    return made


def lend_tools(made: Path) -> None:
    """Let the clone use this checkout's tools, which are newer than the lists that they were installed from."""
    (made / "build").mkdir()
    for name in (".venv", ".tools", "site/node_modules", "scripts/build/compiler/node_modules", "build/cache"):
        (made / name).symlink_to(ROOT / name)
    for path in [*(made / "requirements").iterdir(), made / ".python-version", *made.glob("**/package-lock.json")]:
        os.utime(path, (0, 0))
