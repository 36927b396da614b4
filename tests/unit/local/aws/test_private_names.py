"""Every private name that an addition uses is checked at start, before a request could fail without it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from scripts.tools import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "local" / "aws"
FILES = sorted(PACKAGE.glob("*.py"))


def imported_from_ministack(tree: ast.AST) -> set[str]:
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("ministack")]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def checks(tree: ast.AST) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"require", "wrap", "wrap_method"}
    ]


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_every_private_name_is_checked_at_start(file: Path) -> None:
    tree = ast.parse(file.read_text())
    modules = imported_from_ministack(tree)
    used = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
        if node.attr.startswith("_")
    }
    checked = {
        (ast.unparse(call.args[0]), argument.value)
        for call in checks(tree)
        for argument in call.args[1:]
        if isinstance(argument, ast.Constant)
    }

    assert used <= checked


def test_every_addition_is_listed() -> None:
    listed = (PACKAGE / "additions.py").read_text().partition("ADDITIONS = (")[2].partition(")")[0]
    installing = {file.stem for file in FILES if "def install() -> None:" in file.read_text()} - {"additions"}

    assert {name.strip() for name in listed.split(",")} - {""} == installing
