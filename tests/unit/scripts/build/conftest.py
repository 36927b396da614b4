"""One build of the whole project for the session, as `make build` does it, for this machine's architecture."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.build.wheels import ARCHITECTURES
from scripts.tools import ROOT


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout, and the build's command line over it."""

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
        return self.root / "build" / self.architecture / f"{name}.zip"


def copy_checkout(destination: Path) -> Checkout:
    """Copy what the build reads; the folders that are large and that it does not change are linked."""
    ignore = shutil.ignore_patterns("__pycache__", "node_modules")
    for folder in ("functions", "auth0", "requirements", "scripts", "site"):
        shutil.copytree(ROOT / folder, destination / folder, ignore=ignore)
    shutil.copy(ROOT / ".python-version", destination)
    if (ROOT / "site" / "node_modules").is_dir():
        (destination / "site" / "node_modules").symlink_to(ROOT / "site" / "node_modules")
    (ROOT / "build" / "wheels").mkdir(parents=True, exist_ok=True)
    (destination / "build").mkdir()
    (destination / "build" / "wheels").symlink_to(ROOT / "build" / "wheels")
    architecture = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
    return Checkout(destination, architecture)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Return a checkout that was built; tests leave it as it is."""
    checkout = copy_checkout(tmp_path_factory.mktemp("built") / "checkout")
    answer = checkout.build()
    assert answer.returncode == 0, answer.stderr
    return checkout


@pytest.fixture
def checkout(built: Checkout, tmp_path: Path) -> Iterator[Checkout]:
    """Yield a copy of the built checkout, which a test may change; 10 MB, so it does not stay behind."""
    shutil.copytree(built.root, tmp_path / "checkout", symlinks=True)
    yield Checkout(tmp_path / "checkout", built.architecture)
    shutil.rmtree(tmp_path / "checkout")


@pytest.fixture(scope="session")
def authorizers(built: Checkout, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the authorizer's zip for each architecture."""
    output = tmp_path_factory.mktemp("both")
    (output / "wheels").symlink_to(ROOT / "build" / "wheels")
    for architecture in ARCHITECTURES:
        answer = built.build("--architecture", architecture, "--output", str(output))
        assert answer.returncode == 0, answer.stderr
    return {architecture: output / architecture / "authorizer.zip" for architecture in ARCHITECTURES}


@pytest.fixture
def twin(tmp_path: Path) -> Checkout:
    """Return a copy of the checkout in another place, with nothing built."""
    return copy_checkout(tmp_path / "twin" / "of the checkout")
