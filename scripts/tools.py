"""Finds the programs that the project uses but does not install, and checks their versions."""

import functools
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.child_environment import for_program
from scripts.errors import OperationError, UserError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Tool:
    """A program on PATH, its lowest supported version, and where to get it."""

    command: str
    version_arguments: tuple[str, ...]
    floor: tuple[int, ...]
    source: str


TERRAFORM = Tool("terraform", ("version",), (1, 11), "developer.hashicorp.com/terraform/install")
NODE = Tool("node", ("--version",), (20,), "nodejs.org")
NPM = Tool("npm", ("--version",), (9,), "nodejs.org (npm comes with Node.js)")
_PACKAGE = "chromium-headless-shell"
"""Debian's package and program: Chromium without a window, which needs a third of the processor time in the tests."""
_BROWSERS = (_PACKAGE, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def require(tool: Tool) -> Path:
    """Return the tool's path.

    Raises:
        UserError: it is not on PATH, does not run, or is older than its lowest supported version.
    """
    found = shutil.which(tool.command)
    wanted = ".".join(map(str, tool.floor))
    if found is None:
        raise UserError(f"{tool.command} is not on PATH; install {tool.command} {wanted} or newer from {tool.source}.")
    version = _version(found, tool.version_arguments)
    if version is None:
        raise UserError(
            f"{found} does not print its version; install {tool.command} {wanted} or newer from {tool.source}."
        )
    if tuple(map(int, version.split("."))) < tool.floor:
        raise UserError(f"{tool.command} is {version}; Gatehouse needs {wanted} or newer, from {tool.source}.")
    return Path(found)


@functools.cache  # a verb asks again before each command of Terraform
def _version(program: str, arguments: tuple[str, ...]) -> str | None:
    result = subprocess.run([program, *arguments], env=for_program(), capture_output=True, text=True, check=False)
    match = re.search(r"v?(\d+(?:\.\d+)+)", result.stdout)
    return None if result.returncode or match is None else match[1]


def find_chromium() -> Path:
    """Return the path of a Chromium: from CHROMIUM, or from PATH; as root, install it from Debian's packages if needed.

    Raises:
        UserError: there is none and this user may not install one, or CHROMIUM does not name a program.
        OperationError: Debian's package manager could not install it.
    """
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else _BROWSERS)), None)
    if found:
        return Path(found)
    if named:
        raise UserError(f"CHROMIUM names {named}, which is not a program; correct it or unset it.")
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise UserError(f"no Chromium is on PATH; install it (on Debian: apt-get install {_PACKAGE}) or set CHROMIUM.")
    print("==> Installing Chromium from Debian's packages (once, about a minute)", file=sys.stderr, flush=True)
    environment = {**for_program(), "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", _PACKAGE]):
        result = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)
        if result.returncode:
            raise OperationError(f"apt-get {arguments[0]} failed: {result.stderr.strip().splitlines()[-1:]}")
    installed = shutil.which(_PACKAGE)
    if installed is None:
        raise OperationError(f"apt-get installed {_PACKAGE}, but it is not on PATH; set CHROMIUM to its path.")
    return Path(installed)
