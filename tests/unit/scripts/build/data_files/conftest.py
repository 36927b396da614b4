"""A checkout with the example's data files; a test then puts a mistake into one place."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.tools import ROOT
from tests.checkout import EXAMPLE

Spoil = Callable[[str, str, str], None]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (
        "auth0/access.yaml",
        "auth0/branding.yaml",
        "functions/movies/openapi.yaml",
        "functions/devices/openapi.yaml",
        "functions/movies/sample.json",
        "functions/devices/sample.json",
        "site/icons/gatehouse.svg",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(EXAMPLE / name if (EXAMPLE / name).exists() else ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def spoil(checkout: Path) -> Spoil:
    """Replace the first occurrence of a text in a file; fail if there is none."""

    def replace(name: str, old: str, new: str) -> None:
        path = checkout / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
