"""Compares pyproject.toml with the folders of functions/: every package has to be in every list of modules.

python -m scripts.check.module_lists
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.errors import UserError, run
from scripts.tools import ROOT

DEPLOYED = "Deployed code imports no script and no local module"
APART = "The functions and the local system import nothing of each other"
_OTHERS = {"local", "scripts"}


def problems(root: Path) -> Iterator[str]:
    """Yield a sentence for each list that lacks a package of functions/, or names one that does not exist."""
    packages = {path.parent.name for path in (root / "functions").glob("*/__init__.py")}
    handlers = {path.parent.name for path in (root / "functions").glob("*/handler.py")}
    tools = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    linter = tools["importlinter"]
    contracts = {contract["name"]: contract for contract in linter["contracts"]}
    yield from _compared("root_packages of [tool.importlinter]", linter["root_packages"], packages | _OTHERS)
    for name, key, wanted in (
        (DEPLOYED, "source_modules", packages),
        (APART, "modules", handlers | {"local"}),
    ):
        yield from _compared(f'{key} of the contract "{name}"', _names(contracts, name, key), wanted)
    for name in sorted({path.parent.name for path in (root / "functions").glob("*/*.py")} - packages):
        yield f"functions/{name} has no __init__.py, so import-linter does not see it; create one"


def _names(contracts: Mapping[str, Mapping[str, Any]], name: str, key: str) -> list[str]:
    return list(contracts.get(name, {}).get(key, []))


def _compared(place: str, listed: list[str], wanted: set[str]) -> Iterator[str]:
    for name in sorted(wanted - set(listed)):
        yield f'pyproject.toml: {place} lacks "{name}", a folder of functions/; add it'
    for name in sorted(set(listed) - wanted):
        yield f'pyproject.toml: {place} names "{name}", which is no such folder of functions/; remove it'


def main() -> None:
    """Raise UserError with every problem; otherwise print nothing."""
    if found := list(problems(ROOT)):
        raise UserError("\n".join(found))


if __name__ == "__main__":
    run(main)
