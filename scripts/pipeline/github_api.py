"""GitHub's REST API through PyGithub, which reads all pages, and waits if GitHub limits the rate.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from github import Auth, Github, GithubException, GithubRetry, UnknownObjectException
from github.PullRequest import PullRequest
from github.Repository import Repository
from requests.exceptions import RequestException

from scripts.child_environment import is_this_machine
from scripts.console import detail
from scripts.errors import OperationError
from scripts.pipeline.job import Job

LONGEST_TEXT = 65_535
"""The most characters that GitHub accepts in a comment, an issue, and the summary or text of a check run."""

_LONGEST_WAIT_SECONDS = 900  # a rate limit resets within the hour, and a job has its own time limit
_RETRIES = 6
_TRY_AGAIN = [429, *range(500, 600)]  # GithubRetry adds 403 if its text mentions a rate limit
_TIMEOUT_SECONDS = 30
_PAUSES = ("seconds_between_requests", "seconds_between_writes")
_FIXES = {
    401: "give the step GITHUB_TOKEN",
    403: "give the job the permission that docs/pipeline.md lists for this verb",
    404: "correct the repository, or give the job the permission that docs/pipeline.md lists for this verb",
    410: "switch issues on in the repository's settings",
}


class _Waits(logging.Handler):
    """Prints how long a request waits; PyGithub's other messages repeat those of our errors."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a message on waiting."""
        message = record.getMessage()
        if message.startswith(("Retrying after", "Setting next backoff")):
            detail(f"GitHub limits the rate: {message[0].lower()}{message[1:]}")


_logger = logging.getLogger("github")
_logger.setLevel(logging.INFO)
_logger.propagate = False
_logger.addHandler(_Waits())


class NotPermittedError(OperationError):
    """GitHub's token lacks the permission for this."""


@contextlib.contextmanager
def repository_of(job: Job) -> Iterator[Repository]:
    """Yield the job's repository.

    Raises within the block:
        NotPermittedError: the token lacks the permission.
        OperationError: GitHub does not answer, or refuses for another reason.
    """
    retry = GithubRetry(total=_RETRIES, status_forcelist=_TRY_AGAIN, max_rate_limit_wait=_LONGEST_WAIT_SECONDS)
    # PyGithub pauses between requests, as GitHub asks; a server on this machine needs no pause.
    pause: dict[str, Any] = dict.fromkeys(_PAUSES) if is_this_machine(job.api_url) else {}
    client = Github(auth=Auth.Token(job.token), base_url=job.api_url, retry=retry, timeout=_TIMEOUT_SECONDS, **pause)
    try:
        yield client.get_repo(job.repository)
    except GithubException as error:
        said = error.data.get("message") if isinstance(error.data, dict) else error.data
        sentence = f"GitHub answers {error.status} {said}; {_FIXES.get(error.status, f'see {job.run_url}')}."
        raise (NotPermittedError if error.status == 403 else OperationError)(sentence) from error
    except RequestException as error:
        raise OperationError(f"{job.api_url} does not answer ({type(error).__name__}); run the job again.") from error
    finally:
        client.close()


def pull_request_of(job: Job, repository: Repository) -> PullRequest | None:
    """Return the run's pull request as it is now; after a push, the one that the commit merged, if any."""
    if job.pull_request is not None:
        return repository.get_pull(job.pull_request["number"])
    for found in repository.get_commit(job.commit).get_pulls():
        if found.merged_at is not None and found.merge_commit_sha == job.commit:
            return repository.get_pull(found.number)
    return None


def cut(text: str, job: Job, limit: int = LONGEST_TEXT) -> str:
    """Return a text that GitHub accepts: cut off the last lines of a longer one, and say where to read them."""
    if len(text) <= limit:
        return text
    note = f"\n\n**The rest is left out, because GitHub limits the length.** [The run]({job.run_url}) has all of it."
    kept = text[: limit - len(note) - len(_CLOSED)]
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    if kept.count("```") % 2:
        kept += "\n```"
    unclosed = kept.count("<details>") - kept.count("</details>")
    return kept + "\n\n</details>" * unclosed + note


_CLOSED = "\n```" + "\n\n</details>" * 3  # closes every block that a cut may leave open; none is nested deeper


__all__ = ["LONGEST_TEXT", "NotPermittedError", "UnknownObjectException", "cut", "pull_request_of", "repository_of"]
