"""`make drift ENV=<environment>`: keep the environment's one issue on drift up to date.

It reads the plan of the main branch, which shows the drift of what Terraform manages, and the findings of `make
doctor`, which show objects that others added. It opens the issue if either finds something, changes it if the findings
change, and closes it once neither finds anything. A failed plan or doctor leaves no file; then the issue says so and
stays open. The issue holds the report of `make plan-report`.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from github.Issue import Issue
from github.Repository import Repository

from scripts.console import detail
from scripts.errors import UserError, run
from scripts.pipeline.doctor_findings import DoctorFinding, doctor_findings
from scripts.pipeline.github_api import cut, repository_of
from scripts.pipeline.job import REPORTS, Job, current
from scripts.pipeline.planned import Planned, environment_of, planned

LABEL = "drift"


@dataclass(frozen=True)
class Night:
    """The findings of one night in an environment. `plan` or `findings` is None if `make plan` or doctor failed."""

    environment: str
    plan: Planned | None
    findings: tuple[DoctorFinding, ...] | None

    @property
    def is_quiet(self) -> bool:
        """Whether both ran and neither found anything."""
        return self.plan is not None and not self.plan.changes and self.findings == ()


def main() -> None:
    """Open, change or close the issue."""
    environment = environment_of("drift", __doc__)
    job = current(os.environ)
    try:
        plan = planned(environment)
    except UserError:
        plan = None
    with repository_of(job) as repository:
        detail(keep_true(repository, job, Night(environment, plan, doctor_findings(environment))))


def keep_true(repository: Repository, job: Job, night: Night) -> str:
    """Open, change or close the issue of an environment; return a sentence that says which."""
    environment = night.environment
    first_line = f"<!-- gatehouse: drift of {environment} -->"
    opened = [issue for issue in repository.get_issues(state="open", labels=[LABEL]) if _is_ours(issue, first_line)]
    if night.is_quiet:
        for issue in opened:
            issue.create_comment(f"{environment} is as declared again ([run]({job.run_url})).")
            issue.edit(state="closed", state_reason="completed")
        return f"closed {opened[0].html_url}" if opened else f"{environment} is as declared"
    text = cut("\n\n".join([first_line, *_parts(job, night)]), job)
    if not opened:
        return f"opened {repository.create_issue(f'Drift of {environment}', text, labels=[LABEL]).html_url}"
    if opened[0].body == text:
        return f"{opened[0].html_url} is up to date"
    opened[0].edit(body=text)
    return f"changed {opened[0].html_url}"


def _is_ours(issue: Issue, first_line: str) -> bool:
    return issue.user.type == "Bot" and (issue.body or "").startswith(first_line)


def _parts(job: Job, night: Night) -> Iterator[str]:
    """Yield the issue's paragraphs. Doctor's short findings come first, then the long report on the plan."""
    environment = night.environment
    if night.findings is None:
        yield f"**`make doctor` failed**, so nobody knows what others have changed around {environment}: {_run(job)}."
    elif night.findings:
        yield f"## What `make doctor ENV={environment}` finds"
        yield "\n".join(each.line for each in night.findings)
    if night.plan is None:
        yield f"**The plan of {environment} failed**, so nobody knows whether it is as declared: {_run(job)}."
    elif night.plan.changes:
        yield (
            f"The main branch ({job.commit[:12]}) and {environment} differ. Either the main branch waits to be "
            f"applied, or somebody has changed {environment} by hand. To undo the change, run the workflow `main`; to "
            "keep it, declare it in a pull request. `make live` says who made the last deployment."
        )
        yield _report(environment, night.plan)


def _run(job: Job) -> str:
    return f"[the run]({job.run_url})"


def _report(environment: str, plan: Planned) -> str:
    path = REPORTS / f"{environment}.md"
    lines = "\n".join(each.line for each in plan.changes)
    return path.read_text(encoding="utf-8").strip() if path.exists() else f"```text\n{lines}\n```"


if __name__ == "__main__":
    run(main)
