"""The installer, started on a machine that has nothing installed yet."""

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process

INSTALLER = ROOT / "scripts" / "install.py"


def started(**machine: object) -> subprocess.CompletedProcess[str]:
    """Start the installer with other answers about the machine."""
    said = "".join(f"sys.{name} = {value!r}; " for name, value in machine.items())
    code = f"import runpy, sys; {said}runpy.run_path({str(INSTALLER)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)


def test_python_3_6_can_read_the_installer_and_is_told_what_is_needed() -> None:
    ast.parse(INSTALLER.read_text(encoding="utf-8"), feature_version=(3, 6))
    answer = started(version_info=(3, 6, 9), version="3.6.9 (default)")
    assert answer.returncode == 2
    assert answer.stderr == "error: python3 is 3.6.9; Gatehouse needs Python 3.11 or newer on PATH.\n"


def test_a_system_that_is_not_supported_gets_one_sentence() -> None:
    answer = started(platform="darwin")
    assert answer.returncode == 2
    assert answer.stderr.startswith("error: Gatehouse runs on Linux only, ")
    assert "on darwin use a Linux container" in answer.stderr


def test_an_unknown_thing_to_install_is_refused_with_the_choice() -> None:
    answer = started(argv=["install.py", "everything"])
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        "error: there is nothing to install for 'everything'; "
        "choose one of: dev, checkov, drills, site, scripts/build/compiler, tests/performance, tests/lighthouse.\n"
    )


def test_no_script_has_the_name_of_a_module_of_python() -> None:
    """If somebody starts it without -I, the machine's Python finds the installer's neighbours first."""
    names = {path.stem for path in (ROOT / "scripts").iterdir()}
    assert names & sys.stdlib_module_names == set()


def copy_installer(checkout: Path, folder: str) -> None:
    """Make a checkout whose Python tools are installed, and which can install the Node.js packages of a folder."""
    for place in (checkout / folder, checkout / ".venv", checkout / "scripts"):
        place.mkdir(parents=True, exist_ok=True)
    for name in ("Makefile", "scripts/__init__.py", "scripts/install.py", "scripts/child_environment.py"):
        (checkout / name).write_text((ROOT / name).read_text(encoding="utf-8"))
    for name in ("requirements/uv.txt", "requirements/dev.txt", ".python-version", f"{folder}/package-lock.json"):
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).touch()
    (checkout / ".venv" / "installed").touch()


@pytest.mark.parametrize("folder", ["site", "scripts/build/compiler", "tests/performance", "tests/lighthouse"])
def test_cdpath_leads_no_recipe_into_another_folder_and_standard_output_stays_empty(
    folder: str, tmp_path: Path
) -> None:
    """It runs a real recipe, with an npm that writes its working folder to a file."""
    checkout, projects, programs = (tmp_path / name for name in ("checkout", "projects", "programs"))
    for place in (projects / folder, programs):
        place.mkdir(parents=True)
    copy_installer(checkout, folder)
    npm = programs / "npm"
    npm.write_text('#!/bin/sh\necho "npm at work"\nmkdir -p node_modules\npwd > node_modules/.package-lock.json\n')
    npm.chmod(0o755)
    stamp = f"{folder}/node_modules/.package-lock.json"
    answer = subprocess.run(
        ["make", stamp],
        cwd=checkout,
        env={"PATH": f"{programs}:/usr/bin:/bin", "CDPATH": str(projects), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
    assert (checkout / stamp).read_text().strip() == str(checkout / folder)
    assert not (projects / stamp).exists()


def test_of_two_makes_at_once_the_second_waits_and_has_nothing_to_install(tmp_path: Path) -> None:
    checkout, programs, calls, waits = (tmp_path / name for name in ("checkout", "programs", "calls", "waits"))
    copy_installer(checkout, "site")
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text(
        f"#!/bin/sh\necho once >> {calls}\nuntil [ -e {waits} ]; do sleep 0.05; done\n"
        "mkdir -p node_modules && touch node_modules/.package-lock.json\n",
        encoding="utf-8",
    )
    npm.chmod(0o755)
    command = ["make", "site/node_modules/.package-lock.json"]
    environment = {"PATH": f"{programs}:/usr/bin:/bin"}

    def started() -> subprocess.Popen[str]:
        return subprocess.Popen(command, cwd=checkout, env=environment, stderr=subprocess.PIPE, text=True)

    with started() as first:
        while not calls.exists():
            assert first.poll() is None
            time.sleep(0.05)
        with started() as second:
            assert second.stderr is not None
            assert "another make installs packages here; waiting for it" in second.stderr.readline()
            waits.touch()
            assert (first.wait(), second.wait()) == (0, 0)
    assert calls.read_text(encoding="utf-8").splitlines() == ["once"]
