"""Runs the `run:` steps of a job like GitHub's runner: in order, in a clone, with its variables, in bash.

Of the `uses:` steps it runs only the repository's own action; the others are GitHub's, AWS's and HashiCorp's. An
unknown expression fails the test.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scripts.tools import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = GITHUB / "workflows"
_OWN_ACTION = "$/"
_NOT_CANCELLED = "${{ !cancelled() }}"
_NAME = re.compile(r"(?:github|needs)\.[\w.*]+")
_EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")

type Place = tuple[str, str]
"""The name of a workflow or of the repository's own action, and that of a step; a name in a workflow is one step."""

WITH_THE_PROVIDER: frozenset[Place] = frozenset(
    {
        *((workflow, "Plan") for workflow in ("pull-request", "main", "drift", "preview")),
        ("pull-request", "Take the plan and its build, unless it holds a secret"),
        *((workflow, "Apply, and try what was deployed") for workflow in ("main", "preview")),
        *(("preview", step) for step in ("Say where it answers", "Destroy", "Say that it is gone", "List them")),
    }
)
"""The steps that need an account and a tenant: `make test-cloud-root` runs them on the emulators (tests/pipeline)."""

NEVER: Mapping[Place, str] = {
    ("tests", "Run the tests and checks"): "a test cannot run `make test`, which runs the test",
    ("tests", "Kill, redeploy and roll back what runs"): "`make test-long` takes minutes; .ci/run runs it",
    ("tests", "Apply terraform/cloud to the emulators"): "it takes half an hour, and needs the auth0 provider",
    ("dependencies", "Take newer versions"): "it asks the package index, which no test may need",
}
"""The steps that no test runs, each with the reason."""

HAVE_RUN: set[Place] = set()
"""The steps that this process has run."""


@dataclass
class Ran:
    """The result of a job: the names of its failed steps, its outputs, and everything that it printed."""

    failed: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
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


def steps_of(of: str, job: Mapping[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the steps of a job that have a command, with their places; also those of the repository's own action."""
    for step in job["steps"]:
        if step.get("uses", "").startswith(_OWN_ACTION):
            path = ROOT / step["uses"].removeprefix(_OWN_ACTION) / "action.yml"
            yield from steps_of(path.parent.name, yaml.safe_load(path.read_text(encoding="utf-8"))["runs"])
        elif "run" in step:
            yield (of, str(step.get("name") or step["id"])), step


def places(of: str) -> set[Place]:
    """Return the places of all steps of a workflow that have a command."""
    return {place for job in workflow(of)["jobs"].values() for place, _ in steps_of(of, job)}


def run_job(
    of: str,
    name: str,
    clone: Path,
    environment: Mapping[str, str],
    expressions: Mapping[str, str],
    *,
    left_out: tuple[str, ...] = (),
    needs: Mapping[str, Any] | None = None,
) -> Ran:
    """Run the steps of the job `name` of the workflow `of`, without those whose names are in `left_out`.

    A step without a condition runs while no step has failed. A step with `continue-on-error` fails nothing. `needs` has
    the results of the jobs before it.
    """
    job = workflow(of)["jobs"][name]
    ran = Ran()
    steps = [*steps_of(of, job)]
    assert set(left_out) <= {called for (_, called), _ in steps}
    output_file = clone / "build" / "github-output.txt"
    output_file.unlink(missing_ok=True)
    for place, step in steps:
        called = place[1]
        if called in left_out or not _runs(step, ran, needs or {}):
            continue
        known = {**expressions, "job.status": "failure" if ran.failed else "success"}
        variables = {
            **environment,
            "GITHUB_OUTPUT": str(output_file),
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
        HAVE_RUN.add(place)
        ran.output += f"# {called}\n{answer.stdout}{answer.stderr}"
        if answer.returncode and step.get("continue-on-error") is not True:
            ran.failed.append(called)
    if output_file.exists():
        ran.outputs = dict(line.split("=", 1) for line in output_file.read_text(encoding="utf-8").splitlines())
    return ran


def holds(condition: str, **contexts: Mapping[str, Any]) -> bool:
    """Return whether a condition is true for GitHub; it may use only the given contexts: `github`, `needs`."""
    text = " ".join(condition.split()).replace("&&", " and ").replace("||", " or ")
    text = _NAME.sub(lambda found: f"look({found[0]!r})", text)
    known = {
        "look": lambda path: _look(contexts, path.split(".")),
        "contains": lambda held, wanted: wanted in (held or ()),
        "always": lambda: True,
        "fromJSON": json.loads,
        "true": True,
    }
    return bool(eval(text, {"__builtins__": {}}, known))  # noqa: S307 - a condition of our own workflows


def starts(job: Mapping[str, Any], github: Mapping[str, Any]) -> bool:
    """Return whether GitHub starts a job, whose condition may use only the context `github`."""
    return holds(job.get("if", "true"), github=github)


def _runs(step: Mapping[str, Any], ran: Ran, needs: Mapping[str, Any]) -> bool:
    condition = step.get("if")
    if condition == _NOT_CANCELLED:
        return True
    return not ran.failed and (condition is None or holds(condition, needs=needs))


def _look(found: Any, path: list[str]) -> Any:
    """Return the value at a path of a context, None if there is none; `*` takes a member of every row."""
    for index, name in enumerate(path):
        if name == "*":
            rows = found.values() if isinstance(found, Mapping) else found or ()
            return [_look(row, path[index + 1 :]) for row in rows]
        found = (found or {}).get(name)
    return found


def _filled(variables: Mapping[str, str], expressions: Mapping[str, str]) -> dict[str, str]:
    return {name: _EXPRESSION.sub(lambda found: expressions[found[1]], value) for name, value in variables.items()}
