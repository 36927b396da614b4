"""`make description`: write the pull request's description to build/pipeline/description.md.

The file gets the description as it is now, so a job that runs again sees later additions. ACCEPTED of `make
access-diff` and `make plan-report` takes its lines `accept: ...`. After a push, the description is that of the pull
request that the commit merged; without one, the file is empty.
"""

import os

from scripts.console import detail
from scripts.errors import run
from scripts.pipeline.github_api import pull_request_of, repository_of
from scripts.pipeline.job import REPORTS, current


def main() -> None:
    """Write the file."""
    job = current(os.environ)
    with repository_of(job) as repository:
        found = pull_request_of(job, repository)
        text = (found.body or "") if found else ""
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "description.md").write_text(text, encoding="utf-8")
    accepted = sum(line.strip().startswith("accept: ") for line in text.splitlines())
    detail(f"{f'pull request {found.number}' if found else 'no pull request'}: {accepted} lines accept something")


if __name__ == "__main__":
    run(main)
