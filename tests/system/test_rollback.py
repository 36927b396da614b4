"""`make deploy-canary` and `make rollback` on the running system: bad code is removed without other failed requests."""

import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

import pytest

from scripts import releases
from scripts.deployed import Deployed
from scripts.local_stack import settings
from scripts.local_stack.definitions import REGION
from scripts.operate.revoke import switch
from tests.conftest import Stack
from tests.system.conftest import SignIn, aws_client, bearer, devices, sign, succeeded, traffic

pytestmark = pytest.mark.long

LIMIT_SECONDS = 60
PAUSE_SECONDS = 0.05  # more traffic would only take processor time from the system under test
OPEN_TO_AMAZON = "security: [{ auth0: [read:Movies] }]"
OPEN_TO_ALL = "security: []"
CLOSED = "security: [{ auth0: [read:Movies, read:Devices] }]"  # no connection grants both
REVOKED = "revoked before the rollback"


BREAKS = """

def handler(event: object, context: object) -> None:
    raise RuntimeError("a bad version")
"""


def test_a_bad_canary_goes_back_by_itself_and_a_good_one_goes_on(stack: Stack, sign_in: SignIn) -> None:
    amazon, google = sign_in("amazon").bearer, sign_in("google-oauth2").bearer
    code = stack.root / "functions" / "movies" / "handler.py"
    before = code.read_text("utf-8")
    asked = {"/api/movies": amazon, "/api/movies/health": amazon, "/": {}, "/api/devices": google}
    try:
        code.write_text(before + BREAKS, "utf-8")
        succeeded(stack.command("plan", "local"))
        with traffic(asking(stack, asked)) as seen:
            bad = stack.command("deploy-canary", "local", SHARE="50", MINUTES="10")
        assert bad.returncode == 1
        assert "the old code is live again: movies-server-errors" in bad.stderr
        assert {path for path, status in seen if status >= 500} <= {"/api/movies", "/api/movies/health"}
        assert {status for path, status in seen if not path.startswith("/api/movies")} == {200}
        assert {code for _ in range(20) for code in statuses(stack, amazon).values()} == {200}
    finally:
        code.write_text(before + "# another version, as good as the one before\n", "utf-8")
    assert "will be updated in-place" in succeeded(stack.command("plan", "local"))
    with traffic(asking(stack, asked)) as seen:
        good = succeeded(stack.command("deploy-canary", "local", SHARE="50", MINUTES="0.1"))
        applied = succeeded(stack.command("apply", "local"))
    assert "No alarm went off: applying the saved plan of local" in good
    assert "release " in applied
    assert {status for _, status in seen} == {200}


@pytest.fixture
def bad_release(stack: Stack) -> Iterator[None]:
    """Deploy a release that closes movies to everybody and breaks the page; the test rolls it back."""
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


def test_a_bad_release_is_undone_under_traffic(stack: Stack, sign_in: SignIn, bad_release: None) -> None:
    amazon, google = sign_in("amazon").bearer, sign_in("google-oauth2").bearer
    account = {"AWS_REGION": REGION, "AWS_ENDPOINT_URL": stack.settings.aws_url}
    account |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    place = Deployed(settings.NAME, aws_client(stack, "lambda"), aws_client(stack, "apigateway"), account)
    assert statuses(stack, amazon) == {"/api/movies": 403, "/api/movies/health": 403}
    switch.let_answer(place, lambda standing: {**standing, f"jti:{REVOKED}": time.time() + 3600})
    unconfirmed = stack.command("rollback", "local", CONFIRM="prod")
    assert (unconfirmed.returncode, "nothing was done: to go back" in unconfirmed.stderr) == (2, True)
    before = releases.history(place)[-2]  # the default might be an older release that another test has checked

    with traffic(asking(stack, {"/": {}, "/api/devices": google})) as seen:
        begun = time.monotonic()
        said = succeeded(stack.command("rollback", "local", TO=str(before.number), CONFIRM="local"))
        took = time.monotonic() - begun

    assert set(seen) == {("/", 200), ("/api/devices", 200)}
    assert took < LIMIT_SECONDS
    assert "stays as it is: everything in the Auth0 tenant" in said
    assert statuses(stack, amazon) == {"/api/movies": 200, "/api/movies/health": 200}
    with stack.http() as http:
        assert "A bad release" not in http.get("/").text
    assert devices(stack, bearer(sign(stack, jti=REVOKED))) == 401
    assert devices(stack, bearer(sign(stack, jti="another"))) == 200

    require_forward(succeeded(stack.command("plan", "local")))
    _, _, newest, *_ = said.splitlines()  # after the step and the head of the table
    require_refusal_of_what_is_not_whole(stack, newest.split()[0])


def require_forward(plan: str) -> None:
    """Fail unless a plan moves forward exactly what the rollback moved back."""
    for part in ("authorizer", 'api_function["movies"]'):
        assert f"module.stack.module.{part}.aws_lambda_alias.live will be updated in-place" in plan
    assert 'rest_api["movies"].aws_api_gateway_stage.live will be updated in-place' in plan
    assert "module.site.aws_s3_object.page will be updated in-place" in plan
    assert "0 to add, " in plan
    assert "aws_lambda_function.code will be" not in plan


def require_refusal_of_what_is_not_whole(stack: Stack, number: str) -> None:
    """Delete the kept deployments of all earlier releases; fail unless a rollback to one names them as missing."""
    apis = aws_client(stack, "apigateway")
    [api_id] = [api["id"] for api in apis.get_rest_apis()["items"] if api["name"] == "gatehouse-local-movies"]
    served = apis.get_stage(restApiId=api_id, stageName="live")["deploymentId"]
    for one in apis.get_deployments(restApiId=api_id)["items"]:
        if one.get("description") and one["id"] != served:
            apis.delete_deployment(restApiId=api_id, deploymentId=one["id"])
    bad = stack.command("rollback", "local", TO=number, CONFIRM="local")
    assert bad.returncode == 2
    assert f"release {number} is incomplete (deployment" in bad.stderr


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def statuses(stack: Stack, bearer: Mapping[str, str]) -> dict[str, int]:
    with stack.http() as http:
        paths = ("/api/movies", "/api/movies/health")
        return {path: http.get(path, headers=dict(bearer)).status_code for path in paths}


def asking(stack: Stack, requests: Mapping[str, Mapping[str, str]]) -> Generator[tuple[str, int]]:
    """Request each path with its headers, again and again; yield the answers."""
    with stack.http() as http:
        while True:
            for path, headers in requests.items():
                yield path, http.get(path, headers=dict(headers)).status_code
                time.sleep(PAUSE_SECONDS)
