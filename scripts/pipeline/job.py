"""The running job, as GitHub Actions describes it in variables and in a JSON file.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import UserError
from scripts.tools import ROOT

REPORTS = ROOT / "build" / "pipeline"
"""The folder in which a job's steps leave files for later steps."""


@dataclass(frozen=True)
class Job:
    """A job of a workflow run; `event` is the webhook's payload that started the run."""

    repository: str  # owner/name
    commit: str
    api_url: str
    repository_url: str
    run_url: str
    token: str
    event: Mapping[str, Any]
    summary_file: Path | None
    output_file: Path | None = None

    @property
    def pull_request(self) -> Mapping[str, Any] | None:
        """The pull request that started the run; None after a push, on a schedule, or after a manual start."""
        found: Mapping[str, Any] | None = self.event.get("pull_request")
        return found

    @property
    def is_of_a_stranger(self) -> bool:
        """Whether GitHub gives the run a token that only reads, as for a pull request from a fork or of Dependabot."""
        if self.pull_request is None:
            return False
        head = (self.pull_request["head"].get("repo") or {}).get("full_name")
        return head != self.repository or self.pull_request["user"]["login"] == "dependabot[bot]"


def current(shell: Mapping[str, str]) -> Job:
    """Return the job that the variables describe.

    Raises:
        UserError: a variable is missing, or the event's file cannot be read.
    """
    server = shell.get("GITHUB_SERVER_URL") or "https://github.com"
    repository = _required(shell, "GITHUB_REPOSITORY")
    summary, output = shell.get("GITHUB_STEP_SUMMARY"), shell.get("GITHUB_OUTPUT")
    return Job(
        repository=repository,
        commit=_required(shell, "GITHUB_SHA"),
        api_url=shell.get("GITHUB_API_URL") or "https://api.github.com",
        repository_url=f"{server}/{repository}",
        run_url=f"{server}/{repository}/actions/runs/{_required(shell, 'GITHUB_RUN_ID')}",
        token=_required(shell, "GITHUB_TOKEN"),
        event=_event(Path(_required(shell, "GITHUB_EVENT_PATH"))),
        summary_file=Path(summary) if summary else None,
        output_file=Path(output) if output else None,
    )


def _required(shell: Mapping[str, str], name: str) -> str:
    value = shell.get(name)
    if not value:
        raise UserError(f"{name} is not set; this verb runs in a job of GitHub Actions (docs/pipeline.md).")
    return value


def _event(path: Path) -> Mapping[str, Any]:
    try:
        event: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"GITHUB_EVENT_PATH names {path}, which cannot be read as JSON: {error}.") from error
    return event
