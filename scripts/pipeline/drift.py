"""`make drift ENV=<environment>`: keep the environment's one issue on drift true, from the plan of the main branch.

The issue is opened when the plan changes something, changed while it differs, and closed once it changes nothing. A
plan that failed leaves no file of changes: the issue then says so, and stays open. The report of `make plan-report`
is in the issue.
"""

import os

from github.Issue import Issue
from github.Repository import Repository

from scripts.console import detail
from scripts.errors import UserError, run
from scripts.pipeline.github_api import cut, repository_of
from scripts.pipeline.job import REPORTS, Job, current
from scripts.pipeline.planned import Planned, environment_of, planned

LABEL = "drift"


def main() -> None:
    """Open, change or close the issue."""
    environment = environment_of("drift", __doc__)
    job = current(os.environ)
    try:
        plan = planned(environment)
    except UserError:
        plan = None
    with repository_of(job) as repository:
        detail(keep_true(repository, job, environment, plan))


def keep_true(repository: Repository, job: Job, environment: str, plan: Planned | None) -> str:
    """Open, change or close the issue of an environment; `plan` is None if it failed. Return what was done."""
    first_line = f"<!-- gatehouse: drift of {environment} -->"
    opened = [issue for issue in repository.get_issues(state="open", labels=[LABEL]) if _is_ours(issue, first_line)]
    if plan is not None and not plan.changes:
        for issue in opened:
            issue.create_comment(f"{environment} is as declared again ([run]({job.run_url})).")
            issue.edit(state="closed", state_reason="completed")
        return f"closed {opened[0].html_url}" if opened else f"{environment} is as declared"
    text = cut(_text(job, environment, first_line, plan), job)
    if not opened:
        return f"opened {repository.create_issue(f'Drift of {environment}', text, labels=[LABEL]).html_url}"
    if opened[0].body == text:
        return f"{opened[0].html_url} is up to date"
    opened[0].edit(body=text)
    return f"changed {opened[0].html_url}"


def _is_ours(issue: Issue, first_line: str) -> bool:
    return issue.user.type == "Bot" and (issue.body or "").startswith(first_line)


def _text(job: Job, environment: str, first_line: str, plan: Planned | None) -> str:
    if plan is None:
        return (
            f"{first_line}\n\n**The plan of {environment} failed**, so nobody knows whether it is as declared: "
            f"[the run]({job.run_url})."
        )
    report = REPORTS / f"{environment}.md"
    lines = "\n".join(each.line for each in plan.changes)
    shown = report.read_text(encoding="utf-8").strip() if report.exists() else f"```text\n{lines}\n```"
    advice = (
        f"The main branch ({job.commit[:12]}) and {environment} differ. Either the main branch waits to be applied, or "
        f"somebody has changed {environment} by hand. To undo the change, run the workflow `main`; to keep it, declare "
        "it in a pull request. `make live` says who made the last deployment."
    )
    return f"{first_line}\n\n{advice}\n\n{shown}"


if __name__ == "__main__":
    run(main)
