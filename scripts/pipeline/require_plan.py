"""`make require-plan ENV=<environment>`: refuse the saved plan if it has a change that no pull request has shown.

It compares the plan's changes with those that `make record-plan` recorded on the merged pull request's last commit. The
plan may lack a reviewed change, which somebody has made already; it may not have an unreviewed one. PLAN=<fingerprint>
accepts exactly the plan with this fingerprint, which the refusal names. The command also writes the verdict to
build/pipeline/<environment>-review.md, for the comment.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from github.Repository import Repository

from scripts.console import detail
from scripts.errors import OperationError, run
from scripts.pipeline.github_api import pull_request_of, repository_of
from scripts.pipeline.job import REPORTS, Job, current
from scripts.pipeline.planned import Planned, PlannedChange, parser, planned, required
from scripts.pipeline.record_plan import check_name

_LINE = re.compile(r"^([0-9a-f]{16}) ", re.MULTILINE)
_SHOWN = 20
_ACTIONS = "github-actions"
"""The GitHub application as which a workflow's own token writes."""


def main() -> None:
    """Compare, and raise OperationError if the plan has an unreviewed change."""
    command = parser("require-plan", __doc__)
    command.add_argument(
        "--plan",
        default=os.environ.get("PLAN", ""),
        help="the fingerprint of a plan that somebody has read; default: PLAN",
    )
    arguments = command.parse_args()
    environment = required(arguments.environment)
    verdict = REPORTS / f"{environment}-review.md"
    verdict.unlink(missing_ok=True)
    try:
        sentence = accept(environment, planned(environment), arguments.plan)
    except UnreviewedError as error:
        verdict.write_text(error.report, encoding="utf-8")
        raise
    verdict.write_text(f"Every change was looked at: {sentence}.\n", encoding="utf-8")
    detail(sentence)


def accept(environment: str, plan: Planned, given: str) -> str:
    """Return in words why the plan may be applied; `given` is the fingerprint of a plan that a person has read.

    Raises:
        UnreviewedError: the plan has a change that no pull request has shown.
    """
    if not plan.changes:
        return f"the plan of {environment} changes nothing that would need a review"
    if given == plan.fingerprint:
        return f"PLAN={plan.fingerprint} accepts these {len(plan.changes)} changes"
    job = current(os.environ)
    with repository_of(job) as repository:
        source, reviewed = _reviewed(job, repository, environment)
    require(plan, reviewed, source, environment)
    return f"all {len(plan.changes)} changes were reviewed in {source}"


class UnreviewedError(OperationError):
    """The plan has changes that nobody has reviewed; `report` says so in Markdown."""

    def __init__(self, sentence: str, unknown: Sequence[PlannedChange]) -> None:
        super().__init__(sentence)
        listed = [f"- `{each.address}`: {each.action}" for each in unknown[:_SHOWN]]
        more = [f"- and {len(unknown) - _SHOWN} more"] if len(unknown) > _SHOWN else []
        self.report = "\n".join([f"**Not applied**: {sentence}", "", "Nobody has seen:", "", *listed, *more]) + "\n"


def require(plan: Planned, reviewed: Iterable[str], source: str, environment: str) -> None:
    """Raise UnreviewedError if the plan has a change whose fingerprint is not among the reviewed ones."""
    known = set(reviewed)
    unknown = [each for each in plan.changes if each.fingerprint not in known]
    if unknown:
        for each in unknown[:_SHOWN]:
            detail(f"NOT REVIEWED: {each.action} {each.address}")
        if len(unknown) > _SHOWN:
            detail(f"NOT REVIEWED: {len(unknown) - _SHOWN} more")
        raise UnreviewedError(
            f"{len(unknown)} of {len(plan.changes)} changes of {environment} were not reviewed in {source}; read the "
            f"report in this run's summary, then start the workflow by hand with plan {plan.fingerprint}, or revert.",
            unknown,
        )


def _reviewed(job: Job, repository: Repository, environment: str) -> tuple[str, frozenset[str]]:
    """Return the place of an environment's review, in words, and the fingerprints of the changes shown there."""
    merged = pull_request_of(job, repository)
    if merged is None:
        return "any pull request (this commit merged none)", frozenset()
    commit = repository.get_commit(merged.head.sha)
    runs = commit.get_check_runs(check_name=check_name(environment), filter="latest")
    texts = (each.output.text or "" for each in runs if each.app.slug == _ACTIONS)
    return f"pull request {merged.number}", frozenset(_fingerprints(texts))


def _fingerprints(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _LINE.findall(text)


if __name__ == "__main__":
    run(main)
