"""`make record-plan ENV=<environment>`: record on the pull request's commit which changes were reviewed.

The record is a check run, which only a GitHub application can write. Its text lists the fingerprint of each change.
`make require-plan` reads it after the merge.
"""

import os

from scripts.console import detail
from scripts.errors import UserError, run
from scripts.pipeline.github_api import cut, repository_of
from scripts.pipeline.job import current
from scripts.pipeline.planned import environment_of, planned


def main() -> None:
    """Write the check run."""
    environment = environment_of("record-plan", __doc__)
    plan = planned(environment)
    job = current(os.environ)
    if job.pull_request is None:
        raise UserError("this run belongs to no pull request, so nothing was reviewed; see docs/pipeline.md.")
    count = f"{len(plan.changes)} changes" if plan.changes else "no changes"
    lines = "\n".join(each.line for each in plan.changes)
    with repository_of(job) as repository:
        made = repository.create_check_run(
            name=check_name(environment),
            head_sha=job.pull_request["head"]["sha"],
            status="completed",
            conclusion="success",
            details_url=job.run_url,
            output={
                "title": count,
                "summary": f"`make require-plan` refuses to apply other changes than these (plan {plan.fingerprint}).",
                "text": cut(f"```text\n{lines}\n```", job),
            },
        )
    detail(f"{check_name(environment)}: {count}, {made.html_url}")


def check_name(environment: str) -> str:
    """Return the name of the check run that lists an environment's reviewed changes."""
    return f"reviewed plan of {environment}"


if __name__ == "__main__":
    run(main)
