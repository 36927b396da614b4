"""`make description`: write the pull request's description to build/pipeline/description.md.

Its lines `accept: ...` are what ACCEPTED of `make access-diff` and `make plan-report` takes. The description is the
present one, so a job that is run again sees what has been added. After a push it is that of the pull request that the
commit merged; the file is empty where there is none.
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
