"""The files for contributors name only things that exist."""

import json
import re
from fnmatch import fnmatchcase

import jsonschema
import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema

from scripts.tools import ROOT

GITHUB = ROOT / ".github"
VERBS = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", sorted((GITHUB / "ISSUE_TEMPLATE").iterdir()), ids=lambda path: path.name)
def test_a_template_of_issues_has_githubs_form(path: object) -> None:
    name = str(path).rpartition("/")[2]
    schema = "github-issue-config" if name == "config.yml" else "github-issue-forms"
    text = (GITHUB / "ISSUE_TEMPLATE" / name).read_text(encoding="utf-8")
    jsonschema.validate(yaml.safe_load(text), get_builtin_schema(f"vendor.{schema}"))


def test_every_path_of_the_code_owners_exists() -> None:
    lines = [line.split() for line in (GITHUB / "CODEOWNERS").read_text(encoding="utf-8").splitlines()]
    patterns = [line[0] for line in lines if line and not line[0].startswith("#")]
    assert patterns[0] == "*"
    for pattern in patterns[1:]:
        if pattern.startswith("/"):
            assert (ROOT / pattern.strip("/")).is_dir(), pattern
        else:
            assert any(fnmatchcase(path.name, pattern) for path in (ROOT / "functions").rglob("*")), pattern


def test_every_hook_is_a_verb() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert [hook["entry"].split()[0] for hook in hooks] == ["make", "make"]
    assert {hook["entry"].split()[1] for hook in hooks} <= VERBS


def test_the_container_has_the_pinned_terraform() -> None:
    features = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))["features"]
    (version,) = (options["version"] for name, options in features.items() if "/terraform:" in name)
    assert version == (ROOT / ".terraform-version").read_text(encoding="utf-8").strip()
