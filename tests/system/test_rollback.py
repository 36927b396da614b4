"""`make rollback` on the running system: a bad release goes, nobody's request fails, and what is revoked stays so."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Stack
from tests.system.conftest import SignIn, aws_client, succeeded

LIMIT_SECONDS = 60
OPEN_TO_AMAZON = "security: [{ auth0: [read:Movies] }]"
OPEN_TO_ALL = "security: []"
CLOSED = "security: [{ auth0: [read:Movies, read:Devices] }]"  # no connection grants both
NAMES = ("revoked before", "revoked after")


@pytest.fixture(scope="module")
def bad_release(stack: Stack) -> Iterator[None]:
    """Deploy a release that closes movies to everybody and breaks the page; deploy the one before in the end."""
    page, document = stack.root / "site" / "index.html", stack.root / "functions" / "movies" / "openapi.yaml"
    before = {path: path.read_text("utf-8") for path in (page, document)}
    replace(page, "<title>Gatehouse", "<title>A bad release")
    replace(document, OPEN_TO_AMAZON, CLOSED)
    replace(document, OPEN_TO_ALL, CLOSED)
    try:
        succeeded(stack.command("up"))
        yield
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")
        succeeded(stack.command("up"))


def test_a_bad_release_is_undone_under_traffic(stack: Stack, sign_in: SignIn, bad_release: None) -> None:
    amazon, google = sign_in("amazon").bearer, sign_in("google-oauth2").bearer
    assert statuses(stack, amazon) == {"/api/movies": 403, "/api/movies/health": 403}
    succeeded(stack.command("revoke", JTI=NAMES[0]))

    with traffic(stack, {"/": {}, "/api/devices": google}) as seen:
        begun = time.monotonic()
        said = succeeded(stack.command("rollback", "local", CONFIRM="local"))
        took = time.monotonic() - begun

    assert set(seen) == {("/", 200), ("/api/devices", 200)}
    assert took < LIMIT_SECONDS
    assert "stays as it is: everything in the Auth0 tenant" in said
    assert statuses(stack, amazon) == {"/api/movies": 200, "/api/movies/health": 200}
    with stack.http() as http:
        assert "A bad release" not in http.get("/").text
    assert NAMES[0] in succeeded(stack.command("revoke", LIST="1"))


def test_after_it_an_entry_of_the_revocation_list_deploys_nothing_and_the_next_plan_goes_forward(
    stack: Stack, sign_in: SignIn, bad_release: None
) -> None:
    succeeded(stack.command("revoke", JTI=NAMES[1]))

    assert statuses(stack, sign_in("amazon").bearer) == {"/api/movies": 200, "/api/movies/health": 200}
    listed = succeeded(stack.command("revoke", LIST="1"))
    assert all(name in listed for name in NAMES)

    plan = succeeded(stack.command("plan", "local"))
    for part in ("authorizer", 'api_function["movies"]'):
        assert f"module.stack.module.{part}.aws_lambda_alias.live will be updated in-place" in plan
    assert 'rest_api["movies"].aws_api_gateway_stage.live will be updated in-place' in plan
    assert "module.site.aws_s3_object.page will be updated in-place" in plan
    assert "aws_lambda_function.code will be" not in plan


def test_a_release_that_is_not_whole_is_refused_before_anything_changes(stack: Stack, bad_release: None) -> None:
    assert "there is no release 99 to go back to" in stack.command("rollback", "local", TO="99").stderr
    apis = aws_client(stack, "apigateway")
    [api_id] = [api["id"] for api in apis.get_rest_apis()["items"] if api["name"] == "gatehouse-local-movies"]
    served = apis.get_stage(restApiId=api_id, stageName="live")["deploymentId"]
    copies = [one["id"] for one in apis.get_deployments(restApiId=api_id)["items"] if one.get("description")]
    for copy in copies:
        if copy != served:
            apis.delete_deployment(restApiId=api_id, deploymentId=copy)
    newest = stack.command("rollback", "local", TO="2", CONFIRM="local")
    assert newest.returncode == 2
    assert "release 2 is not whole any more (deployment" in newest.stderr


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def statuses(stack: Stack, bearer: Mapping[str, str]) -> dict[str, int]:
    with stack.http() as http:
        paths = ("/api/movies", "/api/movies/health")
        return {path: http.get(path, headers=dict(bearer)).status_code for path in paths}


@contextlib.contextmanager
def traffic(stack: Stack, requests: Mapping[str, Mapping[str, str]]) -> Iterator[list[tuple[str, int]]]:
    """Ask for each path with its headers, over and over within the block; yield what was answered."""
    seen: list[tuple[str, int]] = []
    ended = threading.Event()

    def ask() -> None:
        with stack.http() as http:
            while not ended.is_set():
                seen.extend(
                    (path, http.get(path, headers=dict(headers)).status_code) for path, headers in requests.items()
                )

    visitor = threading.Thread(target=ask)
    visitor.start()
    try:
        yield seen
    finally:
        ended.set()
        visitor.join()
