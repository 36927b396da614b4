"""Checks that the local system answers, with a browser's requests through the emulated CloudFront."""

import functools
import time
from collections.abc import Iterator

import httpx

from scripts.build.data_files.apis import load_apis
from scripts.build.data_files.operations import operations
from scripts.errors import OperationError
from scripts.local_stack.settings import Settings
from scripts.tools import ROOT

WAIT_SECONDS = 30
_PREFIX = "/api"  # the prefix of the APIs' paths on the site's origin


def wait(settings: Settings) -> None:
    """Wait until the site, its configuration, and each API's health and list give the expected answers.

    Raises:
        OperationError: one does not within WAIT_SECONDS; the text names it and its answer.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while problem := next(problems(settings), None):
        if time.monotonic() > deadline:
            raise OperationError(f"{problem}; see the logs in {settings.logs}")
        time.sleep(0.5)


@functools.cache
def _public_paths() -> frozenset[str]:
    found = (operation for document in load_apis(ROOT / "functions").values() for operation in operations(document))
    return frozenset(operation.path for operation in found if operation.method == "GET" and operation.any_of is None)


def expected(api_path: str) -> dict[str, int]:
    """Return the expected statuses of an API's list and health without a token, from its OpenAPI document."""
    paths = [api_path, f"{api_path}/health"]
    public = [path for path in paths if path.removeprefix(_PREFIX) in _public_paths()]
    return {**dict.fromkeys(public, 200), **({} if api_path in public else {api_path: 401})}


def problems(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each address with an unexpected answer."""
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
                for path, wanted in expected(api["path"]).items():
                    if (status := client.get(path).status_code) != wanted:
                        yield f"GET {path} answers {status} instead of {wanted}"
        except (httpx.HTTPError, ValueError, KeyError) as error:
            yield f"{settings.site_origin} does not answer ({type(error).__name__})"
