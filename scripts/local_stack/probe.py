"""Whether the local system answers, asked as a visitor's browser would ask: through the emulated CloudFront."""

import time
from collections.abc import Iterator

import httpx

from scripts.errors import OperationError
from scripts.local_stack.settings import Settings

WAIT_SECONDS = 30


def wait(settings: Settings) -> None:
    """Wait until the site, its configuration and each API's health and guard answer as they should.

    Raises:
        OperationError: they do not within WAIT_SECONDS; the text says which, and what it answered.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while problem := next(problems(settings), None):
        if time.monotonic() > deadline:
            raise OperationError(f"{problem}; see the logs in {settings.logs}")
        time.sleep(0.5)


def problems(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each address that does not answer as it should."""
    with httpx.Client(
        base_url=settings.aws_url, headers={"host": settings.site_host}, timeout=20, trust_env=False
    ) as client:
        try:
            if (page := client.get("/")).status_code != httpx.codes.OK:
                yield f"{settings.site_origin}/ answers {page.status_code} instead of the site"
                return
            config = client.get("/config.json").json()
            if config["auth0"]["domain"] != settings.issuer.rstrip("/"):
                yield f"/config.json names the tenant {config['auth0']['domain']}, not {settings.issuer}"
            for api in config["apis"].values():
                for path, wanted in ((f"{api['path']}/health", 200), (api["path"], 401)):
                    if (status := client.get(path).status_code) != wanted:
                        yield f"GET {path} answers {status} instead of {wanted}"
        except (httpx.HTTPError, ValueError, KeyError) as error:
            yield f"{settings.site_origin} does not answer ({type(error).__name__})"
