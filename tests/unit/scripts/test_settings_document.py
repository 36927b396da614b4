"""docs/settings.md agrees with the code: it lists every variable that a verb reads, and every one that passes."""

import dataclasses
import re
from fnmatch import fnmatchcase

from scripts import child_environment as passing
from scripts.local_stack.settings import Settings, variable
from scripts.tools import ROOT

DOCUMENT = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
READ, PASSED = DOCUMENT.split("\n## ")[1:3]
SYSTEM = (*passing.EVERY_PROGRAM, *passing.TERRAFORM, *passing.UV, "PIP_*", "npm_config_*", "AWS_*", "TF_*", "MAKE*")


def rows(section: str) -> list[list[str]]:
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([A-Za-z0-9_*]+)`", cell))


def in_code() -> set[str]:
    """Return the variables that scripts, the Makefile and the tests' fixtures read, without the system's own."""
    sources = [*(ROOT / "scripts").rglob("*.py"), *(ROOT / "tests").rglob("conftest.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    read = set(re.findall(r'environ(?:ment)?(?:\.get|\.pop)?[\[(]"([A-Z][A-Z0-9_]+)"', text))
    read |= set(re.findall(r'_choice\(environment, "([A-Z_]+)"', text))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    read |= set(re.findall(r"\$\(([A-Z]+)\)", makefile)) - set(re.findall(r"^([A-Z_]+) [:+]?=", makefile, re.MULTILINE))
    read |= {variable(field.name) for field in dataclasses.fields(Settings) if field.name.endswith("_port")}
    return {name for name in read if not any(fnmatchcase(name, known) for known in SYSTEM)}


def test_every_variable_that_a_verb_reads_is_in_the_table() -> None:
    told = {name for row in rows(READ) for name in names(row[0])}
    # One of our programs writes them for another, or the functions read them: people do not set them.
    ours = {"GATEWAY_PORT", "REVOCATIONS", "HYPOTHESIS_STORAGE_DIRECTORY", "LOOK"}
    assert in_code() - ours - told == set()


def test_every_variable_in_the_table_is_read_somewhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").rglob("*.py"))
    text += "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    revoked = {
        name.upper() for name in ("sub", "subject_hash", "client", "kid", "jti", "hours", "list", "undo", "sure")
    }
    for name in {name for row in rows(READ) for name in names(row[0])} - revoked - in_code():
        assert f'"{name}"' in text, name


def test_the_defaults_of_the_local_system_are_those_in_the_table() -> None:
    by_variable = {name: row[2] for row in rows(READ) for name in names(row[0])}
    for field in dataclasses.fields(Settings):
        if field.name.endswith("_port"):
            assert by_variable[variable(field.name)] == f"`{field.default}`"
        elif field.name in {"login_flow", "api_signing_algorithm"}:
            assert by_variable[field.name.upper()] == f"`{field.default}`"


def test_every_variable_that_passes_is_in_the_table_and_no_other() -> None:
    told = {name for row in rows(PASSED) for name in names(row[1])}
    pip = {f"PIP_{option.upper().replace('-', '_')}" for option in passing.PIP_OPTIONS}
    groups = (passing.EVERY_PROGRAM, passing.TERRAFORM, passing.ACCOUNT, passing.NPM, passing.UV, pip)
    assert told == {name for group in groups for name in group}
