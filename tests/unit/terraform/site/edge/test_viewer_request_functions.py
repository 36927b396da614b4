"""The functions that CloudFront runs before it asks an origin, run here in V8 on the event that it hands them."""

import json
from typing import Any

import pytest
from py_mini_racer import MiniRacer

from scripts.tools import ROOT

EDGE = ROOT / "terraform" / "modules" / "site" / "edge"


def answer(function: str, uri: str) -> dict[str, Any]:
    """Run one function on a viewer's request and return the request or response that it answers with."""
    event = {"context": {"requestId": "request-1"}, "request": {"method": "GET", "uri": uri, "headers": {}}}
    with MiniRacer() as engine:
        engine.eval((EDGE / f"{function}.js").read_text("utf-8"))
        answered: dict[str, Any] = json.loads(str(engine.eval(f"JSON.stringify(handler({json.dumps(event)}))")))
    return answered


@pytest.mark.parametrize("place", ["/", "/movies", "/movies/", "/movies/alien", "/a.b/c"])
def test_a_place_within_the_application_is_drawn_by_the_index_page(place: str) -> None:
    assert answer("single_page", place)["uri"] == "/index.html"


@pytest.mark.parametrize("file", ["/config.json", "/app/main.js", "/styles/layout.css", "/missing.png"])
def test_a_file_is_asked_for_by_its_own_name(file: str) -> None:
    assert answer("single_page", file)["uri"] == file


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


def test_an_unknown_api_is_answered_like_an_unknown_path_of_a_known_one() -> None:
    response = answer("unknown_api", "/api/music")

    assert response["statusCode"] == 404
    assert response["headers"] == {
        "content-type": {"value": "application/json"},
        "cache-control": {"value": "no-store"},
    }
    assert json.loads(response["body"]["data"]) == {
        "error": "not_found",
        "message": "There is no such API.",
        "request_id": "request-1",
    }
