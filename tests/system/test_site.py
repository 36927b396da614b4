"""The site as CloudFront serves it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import Stack


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with stack.http() as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/movies", "/devices", "/token", "/any/deep/link", "/movies.", "/users/ada@example.com"]
)
def test_every_route_is_the_single_page(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<title>" in answer.text


def test_the_configuration_names_the_tenant_and_is_never_kept(stack: Stack, http: httpx.Client) -> None:
    answer = http.get("/config.json")
    assert answer.headers["cache-control"] == "no-store"
    config = answer.json()
    assert config["auth0"]["domain"] == stack.auth0_url
    assert set(config["apis"]) == {"movies", "devices", "orders"}
    assert [column["name"] for column in config["apis"]["movies"]["columns"]] == ["title", "year", "genre", "director"]


def test_every_answer_carries_the_security_headers(stack: Stack, http: httpx.Client) -> None:
    headers = http.get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {stack.auth0_url}"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["frame-src"] == stack.auth0_url
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age=63072000" in headers["strict-transport-security"]


def test_the_bucket_itself_is_closed(stack: Stack, http: httpx.Client) -> None:
    with stack.http() as client:
        answer = client.get("/gatehouse-local-site-000000000000/index.html", headers={"host": "127.0.0.1"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api", 404),
        ("GET", "/API/movies", 404),
        ("POST", "/api/music", 404),
        ("GET", "/api/movies", 401),
        ("GET", "/api/movies/no/such/path", 404),
        ("GET", "/config.json", 200),
    ],
)
def test_every_kind_of_answer_carries_the_same_security_headers(
    http: httpx.Client, method: str, path: str, status: int
) -> None:
    page, answer = http.get("/").headers, http.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    for name in (
        "content-security-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "referrer-policy",
        "strict-transport-security",
        "x-content-type-options",
        "x-frame-options",
    ):
        assert answer.headers[name] == page[name]


def test_a_browser_keeps_the_files_of_a_build_and_asks_for_the_page_again(http: httpx.Client) -> None:
    page = http.get("/movies")
    script = re.search(r'src="(/assets/main-[^"]+)"', page.text)
    assert script is not None
    answer = http.get(script[1], headers={"accept-encoding": "br"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "br"
    assert page.headers["cache-control"] == "no-cache"
    assert http.get("/movies", headers={"if-none-match": page.headers["etag"]}).status_code == 304


def test_the_sign_in_page_of_the_tenant_may_show_the_logo_and_nothing_else(http: httpx.Client) -> None:
    assert http.get("/icons/gatehouse.svg").headers["cross-origin-resource-policy"] == "cross-origin"
    assert http.get("/").headers["cross-origin-resource-policy"] == "same-origin"
