"""Installs the npm packages of a folder from its package-lock.json."""

import fcntl
import json
from pathlib import Path

from scripts.build import program
from scripts.child_environment import for_npm
from scripts.console import detail
from scripts.errors import OperationError
from scripts.tools import NPM, ROOT, require


def install(folder: Path) -> None:
    """Run `npm ci` in a folder unless its packages are those of the lock file. A second caller waits for the first.

    Raises:
        UserError: npm is missing or too old.
        OperationError: npm failed.
    """
    with (folder / "package-lock.json").open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two builds at once would remove each other's packages
        if not _installed(folder):
            _install(folder)


def _install(folder: Path) -> None:
    npm = str(require(NPM))
    name = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    detail(f"installing the packages of {name}/ with npm ci ...")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    answer = program.run(command, for_npm(), folder)
    if answer.returncode:
        reason = answer.stderr.strip().splitlines()[:1] or ["npm said nothing"]
        raise OperationError(f"npm ci failed in {name}/: {reason[0]}")


def _installed(folder: Path) -> bool:
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    names = [*wanted.get("dependencies", ()), *wanted.get("devDependencies", ())]
    return all(_version(folder / "node_modules" / name) == lock[f"node_modules/{name}"]["version"] for name in names)


def _version(package: Path) -> str | None:
    try:
        version: str = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    except FileNotFoundError:
        return None
    return version
