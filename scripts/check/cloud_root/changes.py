"""One change of each kind that people make to a tenant, made in the check's own copy of the project."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.errors import OperationError

SHORTER_LIFETIME_SECONDS = 1800
MACHINE_CLIENT = "nightly-report"


@dataclass(frozen=True)
class Change:
    """A change: its description, the function that edits a copy's folder, and the connection it removes, if any."""

    title: str
    make: Callable[[Path], None]
    removes: str | None = None


def _edit_access(project: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    path = project / "auth0" / "access.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML


def _add_a_scope(project: Path) -> None:
    _edit_access(project, lambda access: access["scopes"].update({"read:Ratings": "List the ratings"}))


def add_a_machine_client(project: Path) -> None:
    """Add a machine client to the access.yaml of a copy of the project."""

    def add(access: dict[str, Any]) -> None:
        granted = {"display_name": "Nightly report", "scopes": [max(access["scopes"])]}
        access["machine_clients"] = {MACHINE_CLIENT: granted}

    _edit_access(project, add)


def _remove_a_connection(project: Path) -> None:
    _edit_access(project, lambda access: access["connections"].pop("amazon"))


def _rename_a_connection(project: Path) -> None:
    _edit_access(project, lambda access: access["connections"]["amazon"].update(display_name="Amazon Prime"))


def _edit_the_action(project: Path) -> None:
    path = project / "auth0" / "actions" / "grant_scopes.js"
    path.write_text(path.read_text(encoding="utf-8") + "// Edited by the check of the cloud root.\n", encoding="utf-8")


def _shorten_the_lifetime(project: Path) -> None:
    path = project / "terraform" / "modules" / "auth0" / "api.yaml"
    text, count = re.subn(
        r"(?m)^(\s*token_lifetime(?:_for_web)?: )\d+", rf"\g<1>{SHORTER_LIFETIME_SECONDS}", path.read_text("utf-8")
    )
    if count != 2:  # that of all tokens, and that of the implicit grant's
        raise OperationError(f"{path} names {count} lifetimes of tokens, not 2")
    path.write_text(text, encoding="utf-8")


CHANGES = (
    Change("a scope is added", _add_a_scope),
    Change("the Action is edited", _edit_the_action),
    Change("the lifetime of tokens is shortened", _shorten_the_lifetime),
    Change("a machine client is added", add_a_machine_client),
    Change("a connection is shown under another name", _rename_a_connection),
    Change("a connection is removed", _remove_a_connection, removes="amazon"),
)
