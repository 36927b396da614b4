import json
import os
import threading
from pathlib import Path

import pytest

from scripts.build import npm_packages
from scripts.errors import OperationError

pytestmark = pytest.mark.process
NPM = """#!/bin/sh
[ "$1" = --version ] && { echo 10.9.0; exit; }
echo "$*" >> calls
[ -e broken ] && { echo "npm error code E404" >&2; exit 1; }
mkdir -p node_modules/tool
sleep 0.2
cp wanted node_modules/tool/package.json
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that wants version 2 of one package, with an npm that installs it."""
    (tmp_path / "bin").mkdir()
    npm = tmp_path / "bin" / "npm"
    npm.write_text(NPM, encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}{os.pathsep}{os.environ['PATH']}")
    place = tmp_path / "tools"
    place.mkdir()
    files = {
        "package.json": {"devDependencies": {"tool": "2"}},
        "package-lock.json": {"packages": {"node_modules/tool": {"version": "2"}}},
        "wanted": {"version": "2"},
    }
    for name, content in files.items():
        (place / name).write_text(json.dumps(content), encoding="utf-8")
    return place


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def test_the_locked_packages_are_installed_once_without_their_scripts(folder: Path) -> None:
    npm_packages.install(folder)
    npm_packages.install(folder)
    assert calls(folder) == ["ci --ignore-scripts --no-audit --no-fund"]


def test_another_version_than_the_locked_one_is_replaced(folder: Path) -> None:
    npm_packages.install(folder)
    (folder / "node_modules" / "tool" / "package.json").write_text('{"version": "1"}', encoding="utf-8")
    npm_packages.install(folder)
    assert len(calls(folder)) == 2


def test_two_builds_at_once_install_them_once(folder: Path) -> None:
    builds = [threading.Thread(target=npm_packages.install, args=(folder,)) for _ in range(2)]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert len(calls(folder)) == 1


def test_npm_s_failure_is_a_sentence_with_its_reason(folder: Path) -> None:
    (folder / "broken").touch()
    with pytest.raises(OperationError, match=r"npm ci failed in .*tools/: npm error code E404"):
        npm_packages.install(folder)
