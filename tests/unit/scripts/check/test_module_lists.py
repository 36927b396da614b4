"""Every package of functions/ is checked: mypy finds each by itself, and import-linter's lists name each."""

import shutil
from pathlib import Path

import pytest
from mypy.main import process_options

from scripts.check.module_lists import problems
from scripts.tools import ROOT

API = min(path.parent.name for path in (ROOT / "functions").glob("*/openapi.yaml"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for source in (ROOT / "functions").glob("*/*.py"):
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    return tmp_path


def test_our_own_lists_name_every_package_of_functions() -> None:
    assert list(problems(ROOT)) == []


def test_a_new_api_is_missed_in_every_list(checkout: Path) -> None:
    shutil.copytree(checkout / "functions" / API, checkout / "functions" / "unheardof")
    said = list(problems(checkout))
    assert [sentence.partition(" lacks ")[0] for sentence in said] == [
        "pyproject.toml: root_packages of [tool.importlinter]",
        'pyproject.toml: source_modules of the contract "Deployed code imports no script and no local module"',
        'pyproject.toml: modules of the contract "The functions and the local system import nothing of each other"',
    ]
    assert all(sentence.endswith('lacks "unheardof", a folder of functions/; add it') for sentence in said)


def test_an_api_that_is_gone_and_a_folder_that_is_no_package_are_named(checkout: Path) -> None:
    shutil.rmtree(checkout / "functions" / API)
    (checkout / "functions" / "guard" / "__init__.py").unlink()
    said = "\n".join(problems(checkout))
    assert said.count(f'names "{API}", which is no such folder of functions/; remove it') == 3
    assert "functions/guard has no __init__.py" in said


def test_mypy_takes_every_module_of_functions_by_its_import_name(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("local", "scripts", "tests"):
        (checkout / folder).mkdir()
        (checkout / folder / "one.py").touch()
    (checkout / "functions" / "unheardof").mkdir()
    (checkout / "functions" / "unheardof" / "handler.py").touch()
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("MYPYPATH", raising=False)
    sources, _ = process_options([])
    assert {"unheardof.handler", f"{API}.handler", "authorizer.main"} <= {source.module for source in sources}
