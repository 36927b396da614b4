"""The two legacy modes, each alone and both together: `make up` changes the shared stack for each."""

import base64
import json
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from playwright.sync_api import Request, Route, expect

from scripts.local_stack.tenant import LocalTenant
from tests.conftest import Stack
from tests.system.conftest import bearer, devices, signing_in, succeeded, traffic

IMPLICIT = {"LOGIN_FLOW": "implicit"}
HS256 = {"API_SIGNING_ALGORITHM": "HS256"}
WARNINGS = {
    "LOGIN_FLOW": 'WARNING: login_flow = "implicit" sends access tokens through the address bar',
    "API_SIGNING_ALGORITHM": 'WARNING: signing_algorithm = "HS256" lets anyone who reads the shared secret',
}

pytestmark = pytest.mark.long

TOKEN_SECONDS = 20  # the lifetime of a token while the secret rotates; a slow machine needs time to use one

only_hs256 = pytest.mark.parametrize("way", [HS256], ids=["HS256"], indirect=True)
only_implicit = pytest.mark.parametrize("way", [IMPLICIT], ids=["implicit"], indirect=True)


@pytest.fixture(scope="module")
def goes_back() -> Iterator[list[Stack]]:
    """At the end of this module, bring the stack up without legacy modes, for the other tests."""
    changed: list[Stack] = []
    yield changed
    for stack in changed[:1]:
        succeeded(stack.command("up"))
        with stack.http() as site:
            assert site.get("/config.json").json()["auth0"]["login_flow"] == "code"


@pytest.fixture(scope="module", params=[IMPLICIT, HS256, IMPLICIT | HS256], ids=["implicit", "HS256", "both"])
def way(request: pytest.FixtureRequest) -> dict[str, str]:
    """The variables of `make up`."""
    chosen: dict[str, str] = request.param
    return chosen


@pytest.fixture(scope="module")
def stack(stack: Stack, way: dict[str, str], goes_back: list[Stack]) -> Stack:
    """The shared stack in that mode; `make up` has warned of each legacy mode."""
    goes_back.append(stack)
    said = succeeded(stack.command("up", **way))
    assert [name for name, warning in WARNINGS.items() if warning in said] == list(way)
    return stack


def header(token: str) -> dict[str, Any]:
    first = token.split(".")[0]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    return decoded


def test_a_visitor_signs_in_is_refused_what_is_not_theirs_stays_and_signs_out(
    visitor: Any, way: dict[str, str]
) -> None:
    asked: list[str] = []
    sent: list[str] = []

    def hear(request: Request) -> None:
        if "/authorize?" in request.url:
            asked.append(request.url)
        if "/api/" in request.url and "authorization" in request.headers:
            sent.append(request.headers["authorization"].removeprefix("Bearer "))

    visitor.page.on("request", hear)
    visitor.sign_in("Amazon", "/movies")
    visitor.is_at("/movies")
    visitor.reads("20 movies so far")
    visitor.choose("Devices")
    expect(visitor.page.get_by_role("main")).to_contain_text("read:Devices")

    visitor.page.reload()
    visitor.is_at("/devices")
    visitor.is_signed_in()

    wanted = "token id_token" if "LOGIN_FLOW" in way else "code"
    queries = [parse_qs(urlsplit(url).query) for url in asked]
    assert [query.get("prompt") for query in queries] == [["none"], None, ["none"]], (
        "in a frame, by the page, in a frame"
    )
    assert {query["response_type"][0] for query in queries} == {wanted}
    assert len({query["state"][0] for query in queries}) == len({query["nonce"][0] for query in queries}) == 3
    assert {header(token)["alg"] for token in sent} == {way.get("API_SIGNING_ALGORITHM", "RS256")}

    visitor.press("Sign out")
    visitor.is_signed_out()
    visitor.page.reload()
    visitor.is_signed_out()


def test_no_token_is_left_in_the_browser(visitor: Any) -> None:
    visitor.sign_in("Google", "/token")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    kept = visitor.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href, document.cookie, history.state])"
    )
    assert "eyJ" not in kept
    assert "google-oauth2|" not in kept
    assert {cookie["value"] for cookie in visitor.page.context.cookies(visitor.site_url)} <= {"true"}  # "is signed in"


def test_a_token_that_nobody_with_the_key_signed_is_refused(stack: Stack) -> None:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"iss": stack.settings.issuer, "sub": "amazon|1", "scope": "read:Movies"}]
    forged = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    with stack.http() as site:
        answer = site.get("/api/movies", headers={"authorization": f"Bearer {'.'.join([*forged, 'A' * 43])}"})
    assert answer.status_code == 401


@only_implicit
def test_the_implicit_flow_has_no_token_to_renew(visitor: Any) -> None:
    visitor.sign_in("Google", "/token")
    expect(visitor.page.get_by_role("timer")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Renew now")).to_have_count(0)


@only_implicit
def test_giving_up_at_the_provider_is_explained(visitor: Any) -> None:
    visitor.visit("/devices")
    visitor.press("Open with Google")
    visitor.press("Cancel")
    visitor.reads("Sign-in was cancelled")
    visitor.is_at("/devices")


@only_implicit
def test_tokens_that_nobody_asked_for_sign_nobody_in(visitor: Any) -> None:
    visitor.visit("/#access_token=forged&id_token=forged&state=forged&expires_in=86400")
    visitor.reads("This sign-in was started elsewhere")
    visitor.is_at("/")


@only_implicit
@pytest.mark.parametrize(
    ("changed", "title"), [("state", "This sign-in is not yours"), ("nonce", "Sign-in did not complete")]
)
def test_an_answer_to_another_sign_in_signs_nobody_in(visitor: Any, changed: str, title: str) -> None:
    def ask_otherwise(route: Route) -> None:
        url = urlsplit(route.request.url)
        query = {name: values[0] for name, values in parse_qs(url.query).items()} | {changed: "of-somebody-else"}
        route.continue_(url=url._replace(query=urlencode(query)).geturl())

    visitor.page.route(re.compile(r"/authorize\?(?!.*web_message)"), ask_otherwise)  # except the frame's request
    visitor.visit("/movies")
    visitor.press("Open with Amazon")
    visitor.pass_the_provider()
    visitor.reads(title)
    assert "access_token" not in visitor.page.url
    expect(visitor.page.get_by_role("button", name="Sign out")).to_have_count(0)


@only_hs256
def test_a_rotation_of_the_secret_refuses_nobody_and_ends_trust_in_the_old_one(
    stack: Stack, way: dict[str, str]
) -> None:
    tenant = LocalTenant(stack.settings)
    server, names = tenant.resource_server(), ("token_lifetime", "token_lifetime_for_web")
    tenant.api.send("PATCH", f"resource-servers/{server['id']}", body=dict.fromkeys(names, TOKEN_SECONDS))
    with_old_secret = jwt.encode(long_lived(stack, server), server["signing_secret"], "HS256", headers={"typ": "JWT"})
    asked = {**way, "WHAT": "api-secret"}
    assert "the old one is refused" in succeeded(stack.command("rotate-keys", "local", DRY="1", **asked))
    assert devices(stack, bearer(with_old_secret)) == 200

    try:
        with traffic(signing_in(stack, TOKEN_SECONDS / 2)) as seen:
            said = succeeded(stack.command("rotate-keys", "local", CONFIRM="local", **asked))
    finally:
        tenant.api.send("PATCH", f"resource-servers/{server['id']}", body={name: server[name] for name in names})

    assert set(seen) == {200}
    assert "Waiting until every token of the previous secret has expired" in said
    assert [devices(stack, bearer(with_old_secret)) for _ in range(3)] == [401, 401, 401]
    assert tenant.signing_secret() not in said
    assert server["signing_secret"] not in said
    assert "Nothing to apply: local is as declared" in succeeded(stack.command("plan", "local", **way))


def long_lived(stack: Stack, server: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of a token that outlives the rotation."""
    with stack.http() as http:
        client_id = http.get("/config.json").json()["auth0"]["client_id"]
    now = int(time.time())
    claims = {"iss": stack.settings.issuer, "sub": "google-oauth2|somebody", "aud": server["identifier"]}
    return {**claims, "iat": now, "exp": now + 3_600, "scope": "read:Devices", "azp": client_id}
