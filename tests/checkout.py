"""A copy of this checkout with the tests' own APIs and access.yaml instead of the repository's."""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.tools import ROOT

EXAMPLE = ROOT / "tests" / "example"
"""Three APIs and an access.yaml of the tests, independent of functions/ and auth0/."""
MACHINE_CLIENTS = """
machine_clients:
  tills: { display_name: Tills, scopes: [read:Orders, create:Orders, update:Orders, delete:Orders] }
  displays: { display_name: Displays, scopes: [read:Orders] }
"""
"""The callers of the orders API in a checkout's access.yaml: machine clients only, so no sign-in opens a third list."""
_COPIED = ("functions", "auth0", "local", "requirements", "scripts", "site", "terraform")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "node_modules", ".terraform", "*.tfstate*", "*.tfplan")


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout, with its own build command."""

    root: Path
    architecture: str

    def build(self, *arguments: str, umask: int = -1, **environment: str) -> subprocess.CompletedProcess[str]:
        """Build this checkout with its own scripts; the wheels come from the project's cache, once downloaded."""
        return subprocess.run(
            [sys.executable, "-m", "scripts.build", *arguments],
            cwd=self.root,
            env=os.environ | environment,
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )

    def archive(self, name: str) -> Path:
        """Return the path of a function's zip."""
        return self.root / "build" / self.architecture / f"{name}.zip"


def copy_project(destination: Path) -> None:
    """Copy the files that the commands read, with the repository's own APIs."""
    for folder in _COPIED:
        shutil.copytree(ROOT / folder, destination / folder, ignore=_NOT_COPIED)
    for name in (".python-version", "Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, destination)


def copy_checkout(destination: Path, machine_clients: str = MACHINE_CLIENTS) -> Checkout:
    """Copy the files that the commands read, with the example's APIs; link large folders that no command changes.

    `machine_clients`: the lines of access.yaml that declare them, "" for none.
    """
    copy_project(destination)
    for document in (destination / "functions").glob("*/openapi.yaml"):
        shutil.rmtree(document.parent)
    for folder in ("functions", "auth0"):
        shutil.copytree(EXAMPLE / folder, destination / folder, ignore=_NOT_COPIED, dirs_exist_ok=True)
    with (destination / "auth0" / "access.yaml").open("a", encoding="utf-8") as access:
        access.write(machine_clients)
    for folder in ("site", "scripts/build/compiler"):
        if (ROOT / folder / "node_modules").is_dir():
            (destination / folder / "node_modules").symlink_to(ROOT / folder / "node_modules")
    (ROOT / "build" / "cache").mkdir(parents=True, exist_ok=True)
    (destination / "build").mkdir()
    (destination / "build" / "cache").symlink_to(ROOT / "build" / "cache")
    architecture = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
    return Checkout(destination, architecture)


def copy_auth0(folder: Path, addition: str = "") -> Path:
    """Make folder/auth0 with the example's access.yaml and further lines in it; return the path of access.yaml.

    The site, from which the tenant takes its logo, is next to it. This replaces an earlier copy.
    """
    auth0, site = folder / "auth0", folder / "site"
    shutil.copytree(ROOT / "auth0", auth0, dirs_exist_ok=True)
    if not site.exists():
        site.symlink_to(ROOT / "site")
    path = auth0 / "access.yaml"
    path.write_text((EXAMPLE / "auth0" / "access.yaml").read_text(encoding="utf-8") + addition, encoding="utf-8")
    return path
