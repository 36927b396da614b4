"""`make new-api`: the new API passes the build and the lists of packages, and other lines of the files stay."""

import ast
import difflib
import shutil
from pathlib import Path

import pytest

from scripts.build.data_files import load_access, load_project
from scripts.build.new_api.__main__ import add
from scripts.build.new_api.insertion import into_mapping, into_sequence
from scripts.check.module_lists import problems
from scripts.errors import UserError
from scripts.tools import ROOT

API = min(path.parent.name for path in (ROOT / "functions").glob("*/openapi.yaml"))
CONNECTION, *OTHERS = load_access(ROOT / "auth0" / "access.yaml")["connections"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("auth0", "functions"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "site").symlink_to(ROOT / "site")
    return tmp_path


def lines_of(root: Path, name: str) -> list[str]:
    return (root / name).read_text(encoding="utf-8").splitlines()


def changes(root: Path, name: str) -> list[str]:
    """Return the lines of a file that differ from the repository's."""
    found = difflib.ndiff(lines_of(ROOT, name), lines_of(root, name))
    return [line for line in found if line.startswith(("+ ", "- "))]


@pytest.mark.parametrize("writes", [False, True])
def test_a_new_api_passes_the_build_and_the_lists_of_packages(checkout: Path, *, writes: bool) -> None:
    add(checkout, "unheardofs", CONNECTION, writes=writes)
    project = load_project(checkout)
    methods = {(method, path) for path, item in project.apis["unheardofs"]["paths"].items() for method in item}
    reading = {("get", "/unheardofs"), ("get", "/unheardofs/{id}"), ("get", "/unheardofs/health")}
    writing = (
        {("post", "/unheardofs"), ("put", "/unheardofs/{id}"), ("delete", "/unheardofs/{id}")} if writes else set()
    )
    assert methods == reading | writing
    assert list(problems(checkout)) == []
    ast.parse((checkout / "functions/unheardofs/handler.py").read_text(encoding="utf-8"))


def test_its_scopes_and_its_name_are_added_and_every_other_character_stays(checkout: Path) -> None:
    add(checkout, "unheardofs", CONNECTION, writes=True)
    access = load_project(checkout).access
    added = {"read:Unheardofs", "create:Unheardofs", "update:Unheardofs", "delete:Unheardofs"}
    assert added <= set(access["scopes"])
    assert added <= set(access["connections"][CONNECTION]["scopes"])
    assert all(not added & set(access["connections"][other]["scopes"]) for other in OTHERS)
    assert access["scopes"]["create:Unheardofs"] == "Add an unheardof"
    assert sum(line.startswith("- ") for line in changes(checkout, "auth0/access.yaml")) <= 1  # the connection's line
    added_to = [line.split()[1] for line in changes(checkout, "pyproject.toml") if line.startswith("+ ")]
    assert added_to == ["root_packages", "modules", "source_modules"]


def test_without_a_connection_nobody_is_granted_its_scopes(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    add(checkout, "unheardofs", None, writes=False)
    grants = [grantee["scopes"] for grantee in load_project(checkout).access["connections"].values()]
    assert all("read:Unheardofs" not in scopes for scopes in grants)
    assert "grant read:Unheardofs to a connection" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("name", "connection", "sentence"),
    [
        (API, None, f"functions/{API} exists; choose another NAME"),
        ("guard", None, "functions/guard exists; choose another NAME"),
        ("Unheardofs", None, "functions/Unheardofs: an API's name is lower-case letters and digits"),
        ("json", None, "Python has a json of its own"),
        (
            "unheardofs",
            f"{CONNECTION}x",
            f'auth0/access.yaml has no connection {CONNECTION}x; did you mean "{CONNECTION}"?',
        ),
    ],
)
def test_a_mistake_is_a_sentence_and_changes_nothing(
    checkout: Path, name: str, connection: str | None, sentence: str
) -> None:
    before = sorted(path for path in checkout.rglob("*") if path.is_file())
    with pytest.raises(UserError) as refusal:
        add(checkout, name, connection, writes=True)
    assert sentence in str(refusal.value)
    assert sorted(path for path in checkout.rglob("*") if path.is_file()) == before
    assert changes(checkout, "auth0/access.yaml") == []


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("a: {}\n", "a: {k: v}\n"),
        ("a: { x: y } # why\n", "a: { x: y, k: v } # why\n"),
        ("a:\n  x: y # why\n\n# b\nb: 1\n", "a:\n  x: y # why\n  k: v\n\n# b\nb: 1\n"),
        ("a:\n  x: y", "a:\n  x: y\n  k: v"),
    ],
)
def test_an_entry_joins_a_mapping_however_it_is_written(text: str, more: str) -> None:
    assert into_mapping(text, ["a"], "k", "v") == more


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("a: []\n", "a: [v]\n"),
        ("a: [x] # why\n", "a: [x, v] # why\n"),
        ("a: [\n  x,\n]\n", "a: [\n  x, v,\n]\n"),
        ("a:\n  - x # why\nb: 1\n", "a:\n  - x # why\n  - v\nb: 1\n"),
        ("a:\n- x\n", "a:\n- x\n- v\n"),
    ],
)
def test_an_entry_joins_a_sequence_however_it_is_written(text: str, more: str) -> None:
    assert into_sequence(text, ["a"], "v") == more
