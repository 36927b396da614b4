"""`make comment ABOUT=<subject> REPORT="<file> ..."`: put reports into the pull request's one comment on a subject.

It creates the comment or changes the existing one. It shows a file that ends in .md as Markdown, and every other file
as it is. STATUS takes GitHub's `job.status`: `failure` makes the comment begin with the words that the job failed;
`success` makes a comment on a deployment begin with the words that it was applied. The job's summary gets the same
text. A pull request from a fork or of Dependabot has a token that only reads, so it gets only the summary.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from github.IssueComment import IssueComment
from github.PullRequest import PullRequest

from scripts import command_line
from scripts.console import detail
from scripts.errors import UserError, run
from scripts.pipeline.github_api import (
    NotPermittedError,
    UnknownObjectException,
    cut,
    pull_request_of,
    repository_of,
)
from scripts.pipeline.job import Job, current

_DEPLOYMENT = "deployment of "


def main() -> None:
    """Write the summary, then the comment."""
    parser = command_line.parser("comment", __doc__)
    parser.add_argument("--about", default=os.environ.get("ABOUT"), help="the comment's subject (default: ABOUT)")
    parser.add_argument(
        "reports", nargs="*", default=os.environ.get("REPORT", "").split(), help="files (default: REPORT)"
    )
    arguments = parser.parse_args()
    if not arguments.about or not arguments.reports:
        raise UserError('say what to write: make comment ABOUT=<subject> REPORT="<file> ...".')
    job = current(os.environ)
    reports = [Path(name) for name in arguments.reports]
    text = body(job, arguments.about, reports, status=os.environ.get("STATUS", ""))
    if job.summary_file is not None:
        with job.summary_file.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n\n")
    try:
        with repository_of(job) as repository:
            found = pull_request_of(job, repository)
            if found is None:
                detail("no pull request: the report is only in the job's summary")
                return
            detail(put(found, marker(arguments.about), text))
    except NotPermittedError:
        if not job.is_of_a_stranger:
            raise
        detail("this pull request's token may only read: the report is only in the job's summary")


def marker(about: str) -> str:
    """Return the first line of a comment on a subject; Markdown does not show it."""
    return f"<!-- gatehouse: {about} -->"


def body(job: Job, about: str, reports: Sequence[Path], *, status: str = "") -> str:
    """Return the comment's text: the marker, the job's outcome, the reports, and their commit and run.

    The text also names a report that is missing.
    """
    commit = job.pull_request["head"]["sha"] if job.pull_request else job.commit
    of = f"Commit {commit[:12]}, [run]({job.run_url})."
    text = "\n\n".join([marker(about), *_outcome(job, about, status), *(_shown(path, job) for path in reports)])
    return cut(text, job, limit=65_535 - len(of) - 2) + f"\n\n{of}"


def _outcome(job: Job, about: str, status: str) -> Iterator[str]:
    if status == "failure":
        yield f"**The job has failed.** [The run]({job.run_url}) says at which step."
    elif status == "success" and about.startswith(_DEPLOYMENT):
        yield "**Applied**, and `make smoke` found every answer as it should be."


def put(pull_request: PullRequest, first_line: str, text: str) -> str:
    """Create or change the comment that begins with a line; return a sentence that says which.

    If GitHub accepts a request but does not answer it, the next run makes a second comment. Delete all but the first.
    """
    ours = [each for each in pull_request.get_issue_comments() if _is_ours(each, first_line)]
    for extra in ours[1:]:
        extra.delete()
    if ours:
        try:
            ours[0].edit(text)
        except UnknownObjectException:
            detail("somebody has deleted the comment meanwhile")
        else:
            return f"changed {ours[0].html_url}"
    return f"wrote {pull_request.create_issue_comment(text).html_url}"


def _is_ours(comment: IssueComment, first_line: str) -> bool:
    return comment.user.type == "Bot" and comment.body.startswith(first_line)


def _shown(path: Path, job: Job) -> str:
    text = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    if not text:
        return (
            f"**There is no {path.stem}**: its step failed before it could report. [The run]({job.run_url}) says why."
        )
    return text if path.suffix == ".md" else f"```text\n{text}\n```"


if __name__ == "__main__":
    run(main)
