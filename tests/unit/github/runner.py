"""Runs the `run:` steps of a job as GitHub's runner does: in order, in a clone, with its variables, in bash.

It runs no `uses:` step: those are GitHub's, AWS's and HashiCorp's actions. An expression that it does not know fails
the test.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scripts.tools import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
_NAME = re.compile(r"github\.[\w.*]+")
_EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")


@dataclass
class Ran:
    """What a job did: its result, the names of the steps that failed, and everything that it wrote."""

    failed: list[str] = field(default_factory=list)
    output: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether no step failed."""
        return not self.failed


def workflow(name: str) -> dict[str, Any]:
    """Return a workflow as YAML reads it; YAML calls the key `on` True."""
    document: dict[Any, Any] = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8"))
    document["on"] = document.pop(True)
    return document


def run_job(
    job: Mapping[str, Any],
    clone: Path,
    environment: Mapping[str, str],
    expressions: Mapping[str, str],
    *,
    left_out: tuple[str, ...] = (),
) -> Ran:
    """Run the steps of a job, without those whose names are in `left_out`.

    A step without a condition runs while no step has failed; the only condition that it knows is `!cancelled()`. A step
    that may fail (`continue-on-error`) fails nothing.
    """
    ran = Ran()
    assert set(left_out) <= {step.get("name") for step in job["steps"]}
    for step in job["steps"]:
        if "run" not in step or step["name"] in left_out:
            continue
        condition = step.get("if")
        assert condition in {None, "${{ !cancelled() }}"}, condition
        if ran.failed and condition is None:
            continue
        known = {**expressions, "job.status": "failure" if ran.failed else "success"}
        variables = {
            **environment,
            **_filled(job.get("env", {}), known),
            **_filled(step.get("env", {}), known),
        }
        answer = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=clone,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        ran.output += f"# {step['name']}\n{answer.stdout}{answer.stderr}"
        if answer.returncode and step.get("continue-on-error") is not True:
            ran.failed.append(step["name"])
    return ran


def starts(job: Mapping[str, Any], github: Mapping[str, Any]) -> bool:
    """Tell whether GitHub starts a job, whose condition speaks of the context `github` alone."""
    condition = " ".join(job.get("if", "true == true").split()).replace("&&", " and ").replace("||", " or ")
    condition = _NAME.sub(lambda found: f"look({found[0]!r})", condition)
    known = {
        "look": lambda path: _look(github, path.split(".")[1:]),
        "contains": lambda held, wanted: wanted in (held or ()),
        "fromJSON": json.loads,
        "true": True,
    }
    return bool(eval(condition, {"__builtins__": {}}, known))  # noqa: S307 - a condition of our own workflows


def _look(found: Any, path: list[str]) -> Any:
    """Return what the context has at a path, None where it has nothing; `*` takes a member of every row."""
    for index, name in enumerate(path):
        if name == "*":
            return [_look(row, path[index + 1 :]) for row in found or ()]
        found = (found or {}).get(name)
    return found


def _filled(variables: Mapping[str, str], expressions: Mapping[str, str]) -> dict[str, str]:
    return {name: _EXPRESSION.sub(lambda found: expressions[found[1]], value) for name, value in variables.items()}
