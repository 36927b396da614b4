"""The site as CloudFront serves it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import Stack


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with stack.http() as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/movies", "/devices", "/token", "/any/deep/link"])
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
    assert set(config["apis"]) == {"movies", "devices"}
    assert [column["name"] for column in config["apis"]["movies"]["columns"]] == ["title", "year", "genre", "director"]


def test_every_answer_carries_the_security_headers(stack: Stack, http: httpx.Client) -> None:
    headers = http.get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {stack.auth0_url}"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "max-age=63072000" in headers["strict-transport-security"]


def test_the_bucket_itself_is_closed(stack: Stack, http: httpx.Client) -> None:
    with stack.http() as client:
        answer = client.get("/gatehouse-local-site-000000000000/index.html", headers={"host": "127.0.0.1"})
    assert answer.status_code == 403
