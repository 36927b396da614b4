"""Reads all data files together, so that one run reports the problems of all of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.build.data_files.access import load_access
from scripts.build.data_files.access_model import compile_access_model
from scripts.build.data_files.apis import load_apis
from scripts.build.data_files.branding import load_branding
from scripts.build.data_files.documents import reject
from scripts.build.data_files.handlers import handler_problems
from scripts.build.data_files.policies import unanswerable
from scripts.build.data_files.samples import sample_problems
from scripts.errors import UserError


@dataclass(frozen=True)
class Project:
    """The checked documents, and the access model compiled from them."""

    access: dict[str, Any]
    apis: dict[str, dict[str, Any]]
    access_model: dict[str, Any]


def load_project(root: Path, audience: str | None = None) -> Project:
    """Read auth0/access.yaml and functions/*/openapi.yaml under a root; also check branding, samples and handlers.

    `audience` replaces the one in access.yaml: a preview has its own API.

    Raises UserError for any mistake; it lists the problems of all files, one a line.
    """
    problems: list[str] = []
    access: dict[str, Any] = {}
    apis: dict[str, dict[str, Any]] = {}
    try:
        access = load_access(root / "auth0" / "access.yaml")
        access |= {"audience": audience or access["audience"]}
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
    functions = root / "functions"
    reject([*problems, *sample_problems(functions, apis), *handler_problems(functions, apis)])
    access_model = compile_access_model(access, apis)
    reject(list(unanswerable(access_model)))
    return Project(access, apis, access_model)
