"""CloudFront's viewer-request functions, run here in V8 with CloudFront's events."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from py_mini_racer import MiniRacer

from scripts.tools import ROOT

EDGE = ROOT / "terraform" / "modules" / "site" / "edge"
VARIABLES = {
    "PLAIN_FILES": ["config.json", "icons/gatehouse.svg", "index.html", "robots.txt"],
    "HASHED_PREFIX": "assets/",
    "SECURITY_HEADERS": {"x-content-type-options": "nosniff", "strict-transport-security": "max-age=1"},
}


# Replaces `import cf from "cloudfront"`, which plain V8 does not have; the emulated CloudFront runs the real line.
STORE = (
    "var items = %s; var cf = { kvs: () => ({ exists: async (key) => key in items, get: async (key) => items[key] }) };"
)


def answer(
    function: str, uri: str, headers: dict[str, Any] | None = None, items: dict[str, str] | None = None
) -> dict[str, Any]:
    """Run one function on a viewer's request and return its answer, a request or a response."""
    event = {"context": {"requestId": "request-1"}, "request": {"method": "GET", "uri": uri, "headers": headers or {}}}
    code = (
        (EDGE / f"{function}.js")
        .read_text("utf-8")
        .replace('import cf from "cloudfront";', STORE % json.dumps(items or {}))
    )
    with MiniRacer() as engine:
        for name, value in VARIABLES.items():
            engine.eval(f"var {name} = {json.dumps(value)};")
        engine.eval(code)
        engine.eval(f"var answered; Promise.resolve(handler({json.dumps(event)})).then((it) => {{ answered = it; }});")
        answered: dict[str, Any] = json.loads(str(engine.eval("JSON.stringify(answered)")))
    return answered


@pytest.mark.parametrize(
    "place",
    [
        "/",
        "/movies",
        "/movies/",
        "/movies/alien",
        "/a.b/c",
        "/movies.",
        "/users/ada@example.com",
        "/movies/v1.2",
        "/x.js",
    ],
)
def test_a_place_within_the_application_is_drawn_by_the_page(place: str) -> None:
    assert answer("page_or_file", place)["uri"] == "/index.html"


@pytest.mark.parametrize("file", ["/config.json", "/icons/gatehouse.svg", "/robots.txt", "/assets/main-1A2B3C4D.js"])
def test_a_file_is_asked_for_by_its_own_name(file: str) -> None:
    assert answer("page_or_file", file)["uri"] == file


@pytest.mark.parametrize("path", ["/apiary", "/apis", "/movies/api"])
def test_a_place_whose_name_begins_like_the_apis_is_a_place(path: str) -> None:
    assert answer("page_or_file", path)["uri"] == "/index.html"


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/api/movies", "/movies"),
        ("/api/movies/alien", "/movies/alien"),
        ("/api/movies/api/movies", "/movies/api/movies"),
        ("/api/movies/%2Fapi", "/movies/%2Fapi"),
    ],
)
def test_an_api_is_asked_for_its_own_path(asked: str, path: str) -> None:
    assert answer("strip_api_prefix", asked)["uri"] == path


def test_the_key_in_the_store_goes_to_the_api_and_a_visitors_own_does_not() -> None:
    visitors = {"x-api-key": {"value": "guessed"}, "accept": {"value": "*/*"}}

    asked = answer("strip_api_prefix", "/api/movies", visitors, {"origin-key": "made"})

    assert asked["headers"] == {"x-api-key": {"value": "made"}, "accept": {"value": "*/*"}}
    assert "x-api-key" not in answer("strip_api_prefix", "/api/movies", visitors)["headers"]


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/music", "/API/movies", "/Api"])
def test_an_unknown_api_is_answered_like_an_unknown_path_of_a_known_one(path: str) -> None:
    response = answer("page_or_file", path)

    assert response["statusCode"] == 404
    assert response["headers"] == {
        "content-type": {"value": "application/json"},
        "cache-control": {"value": "no-store"},
        "x-content-type-options": {"value": "nosniff"},
        "strict-transport-security": {"value": "max-age=1"},
    }
    assert json.loads(response["body"]["data"]) == {
        "error": "not_found",
        "message": "There is no such API.",
        "request_id": "request-1",
    }


ANY_PATH = st.text(max_size=60).map("/{}".format)
"""Paths with any characters; CloudFront passes a path as the viewer sent it."""


@given(ANY_PATH)
@example("/api")
@example("/assets/../config.json")
@example("/__proto__")
def test_any_path_gets_the_page_a_file_of_the_site_or_the_answer_of_an_unknown_api(path: str) -> None:
    answered = answer("page_or_file", path)
    files = {f"/{name}" for name in VARIABLES["PLAIN_FILES"]}
    if answered.get("statusCode") == 404:
        assert path.lower() == "/api" or path.lower().startswith("/api/")
    elif answered["uri"] != "/index.html":
        assert answered["uri"] == path
        assert path in files or path.startswith("/assets/")


@given(ANY_PATH, st.text(max_size=20))
def test_any_path_of_an_api_loses_the_prefix_once_and_any_key_of_the_visitor_is_lost(path: str, key: str) -> None:
    asked = answer("strip_api_prefix", f"/api{path}", {"x-api-key": {"value": key}}, {"origin-key": "made"})
    assert asked["uri"] == path
    assert asked["headers"] == {"x-api-key": {"value": "made"}}
