"""Reads all the data files together, so that one run reports every problem of all of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import UserError
from scripts.rules.access import load_access
from scripts.rules.apis import load_apis
from scripts.rules.branding import load_branding
from scripts.rules.compiled import compile_rules
from scripts.rules.documents import reject
from scripts.rules.policies import unanswerable


@dataclass(frozen=True)
class Project:
    """The checked documents and the rules that they make."""

    access: dict[str, Any]
    apis: dict[str, dict[str, Any]]
    rules: dict[str, Any]


def load_project(root: Path) -> Project:
    """Read auth0/access.yaml and functions/*/openapi.yaml under a root, and check auth0/branding.yaml beside them.

    Raises UserError when anything is wrong with them; the problems of all the files come together, a line each.
    """
    problems: list[str] = []
    access: dict[str, Any] = {}
    apis: dict[str, dict[str, Any]] = {}
    try:
        access = load_access(root / "auth0" / "access.yaml")
    except UserError as error:
        problems.append(str(error))
    try:
        apis = load_apis(root / "functions")
    except UserError as error:
        problems.append(str(error))
    try:
        load_branding(root / "auth0" / "branding.yaml", root / "site")
    except UserError as error:
        problems.append(str(error))
    reject(problems)
    rules = compile_rules(access, apis)
    reject(list(unanswerable(rules)))
    return Project(access, apis, rules)
