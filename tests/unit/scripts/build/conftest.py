"""One build of the whole project for the session, as `make build` does it, for this machine's architecture."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.build.wheels import ARCHITECTURES
from scripts.tools import ROOT
from tests.checkout import Checkout, copy_checkout


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Return a built checkout; tests do not change it."""
    checkout = copy_checkout(tmp_path_factory.mktemp("built") / "checkout")
    answer = checkout.build()
    assert answer.returncode == 0, answer.stderr
    return checkout


@pytest.fixture
def checkout(built: Checkout, tmp_path: Path) -> Iterator[Checkout]:
    """Yield a copy of the built checkout that a test may change; it has 10 MB, so remove it afterwards."""
    shutil.copytree(built.root, tmp_path / "checkout", symlinks=True)
    yield Checkout(tmp_path / "checkout", built.architecture)
    shutil.rmtree(tmp_path / "checkout")


@pytest.fixture(scope="session")
def authorizers(built: Checkout, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the authorizer's zip for each architecture."""
    output = tmp_path_factory.mktemp("both")
    (output / "cache").symlink_to(ROOT / "build" / "cache")
    for architecture in ARCHITECTURES:
        answer = built.build("--architecture", architecture, "--output", str(output))
        assert answer.returncode == 0, answer.stderr
    return {architecture: output / architecture / "authorizer.zip" for architecture in ARCHITECTURES}


@pytest.fixture
def twin(tmp_path: Path) -> Checkout:
    """Return a copy of the checkout in another folder, without a build."""
    return copy_checkout(tmp_path / "twin" / "of the checkout")
