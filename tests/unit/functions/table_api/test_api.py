import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.checkout import EXAMPLE


def sample(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((EXAMPLE / "functions" / name / "sample.json").read_text(encoding="utf-8"))
    return rows


def conforms(document: dict[str, Any], path: str, status: int, body: object) -> bool:
    """Return whether a body has the form that the API's own document declares for the status."""
    response = document["paths"][path]["get"]["responses"][str(status)]
    schema = response["content"]["application/json"]["schema"] | {"components": document["components"]}
    return Draft202012Validator(schema).is_valid(body)


@pytest.mark.parametrize("name", ["movies", "devices"])
def test_the_list_holds_the_table_page_by_page_and_each_item_once(make_api: Callable[..., Any], name: str) -> None:
    api = make_api(name)
    rows = sample(name)
    found: list[dict[str, Any]] = []
    query = {"limit": ["5"]}
    while True:
        status, body = api.get(f"/{name}", query)
        assert status == 200
        assert conforms(api.document, f"/{name}", 200, body)
        found += body["items"]
        if "next_cursor" not in body:
            break
        assert len(body["items"]) == 5
        query = {"limit": ["5"], "cursor": [body["next_cursor"]]}
    assert sorted(found, key=lambda item: item["id"]) == sorted(rows, key=lambda row: row["id"])


def test_a_page_that_ends_with_the_last_item_has_no_cursor(movies: Any) -> None:
    status, body = movies.get("/movies", {"limit": [str(len(sample("movies")))]})
    assert status == 200
    assert len(body["items"]) == len(sample("movies"))
    assert "next_cursor" not in body


def test_an_empty_table_is_an_empty_page(make_api: Callable[..., Any]) -> None:
    assert make_api("movies", filled=False).get("/movies") == (200, {"items": []})


def test_the_default_of_the_limit_is_the_document_s(movies: Any) -> None:
    _, body = movies.get("/movies")
    assert len(body["items"]) == 20


@pytest.mark.parametrize("row", sample("movies")[:3], ids=lambda row: str(row["id"]))
def test_an_item_is_found_by_its_id_and_its_numbers_are_whole(movies: Any, row: dict[str, Any]) -> None:
    status, body = movies.get(f"/movies/{row['id']}")
    assert (status, body) == (200, row)
    assert isinstance(body["year"], int)
    assert conforms(movies.document, "/movies/{id}", 200, body)


@pytest.mark.parametrize("item_id", ["nosuch", "x" * 65, "x" * 4000, "%2e%2e"])
def test_an_id_of_no_item_is_not_found(movies: Any, item_id: str) -> None:
    status, body = movies.get(f"/movies/{item_id}")
    assert status == 404
    assert body == {"error": "not_found", "message": "There is no such movie.", "request_id": "gateway-1"}
    assert conforms(movies.document, "/movies/{id}", 404, body)


@pytest.mark.parametrize("path", ["/", "/devices", "/movies/alien/cast"])
def test_a_path_outside_the_document_is_not_found(movies: Any, path: str) -> None:
    status, body = movies.get(path)
    assert (status, body["error"]) == (404, "not_found")


def test_a_field_that_the_document_does_not_declare_is_not_published(movies: Any) -> None:
    movies.client.put_item(
        TableName=movies.table_name, Item={"id": {"S": "x"}, "title": {"S": "X"}, "cost": {"N": "1"}}
    )
    assert movies.get("/movies/x") == (200, {"id": "x", "title": "X"})


def test_health_needs_no_authorizer_and_shows_no_data(movies: Any) -> None:
    assert movies.get("/movies/health", scope=None) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"limit": ["0"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["101"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["-1"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["many"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": [""]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["5.0"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["\N{ARABIC-INDIC DIGIT FIVE}"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["5\n"]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["9" * 5000]}, "The parameter limit must be a whole number from 1 to 100."),
        ({"limit": ["5", "6"]}, "The parameter limit is repeated; give it once."),
        ({"limit": ["5", "5"]}, "The parameter limit is repeated; give it once."),
        ({"Limit": ["5"]}, 'There is no parameter "Limit" here; allowed: limit, cursor.'),
        ({"cursor": [""]}, "The parameter cursor must be text from 1 to 512 characters."),
        ({"cursor": ["x" * 513]}, "The parameter cursor must be text from 1 to 512 characters."),
        ({"cursor": ["garbage"]}, "The parameter cursor must be the next_cursor of a page of this list."),
    ],
)
def test_a_wrong_query_is_refused_with_what_is_allowed(movies: Any, query: dict[str, list[str]], sentence: str) -> None:
    status, body = movies.get("/movies", query)
    assert (status, body) == (400, {"error": "invalid_request", "message": sentence, "request_id": "gateway-1"})
    assert conforms(movies.document, "/movies", 400, body)


def test_an_operation_without_parameters_takes_none(movies: Any) -> None:
    status, body = movies.get("/movies/health", {"verbose": ["1"]})
    assert (status, body["message"]) == (400, 'There is no parameter "verbose" here; none is allowed.')


def test_a_cursor_of_another_api_is_refused(movies: Any, make_api: Callable[..., Any]) -> None:
    _, page = make_api("devices").get("/devices", {"limit": ["1"]})
    status, _ = movies.get("/movies", {"cursor": [page["next_cursor"]]})
    assert status == 400


@pytest.mark.parametrize("scope", ["", "read:Devices", "read:Moviesx", "READ:MOVIES", "read:", "xread:Movies"])
def test_scopes_that_do_not_cover_the_operation_are_refused(movies: Any, scope: str) -> None:
    answer = movies.answer("/movies", scope=scope)
    assert answer["statusCode"] == 403
    body = json.loads(answer["body"])
    assert body["error"] == "insufficient_scope"
    assert conforms(movies.document, "/movies", 403, body)
    assert answer["multiValueHeaders"]["WWW-Authenticate"] == [
        'Bearer realm="movies", error="insufficient_scope", scope="read:Movies"'
    ]


UNGUARDED = "a guarded operation was called without the authorizer's scopes"


@pytest.mark.parametrize("path", ["/movies", "/movies/alien"])
def test_a_guarded_operation_without_an_authorizer_in_front_stays_closed(movies: Any, path: str) -> None:
    status, body = movies.get(path, scope=None)
    assert (status, body["error"]) == (500, "server_error")
    assert json.loads(movies.log.getvalue().splitlines()[0])["reason"] == UNGUARDED


def test_the_scopes_are_checked_before_the_query(movies: Any) -> None:
    status, _ = movies.get("/movies", {"limit": ["0"]}, scope="read:Devices")
    assert status == 403


def test_a_failing_table_is_a_500_without_internals_and_a_line_in_the_log(movies: Any) -> None:
    movies.client.delete_table(TableName=movies.table_name)
    status, body = movies.get("/movies/alien")
    assert (status, body["error"]) == (500, "server_error")
    assert movies.table_name not in json.dumps(body)
    line = json.loads(movies.log.getvalue().splitlines()[0])
    assert line["level"] == "ERROR"
    assert line["request_id"] == "gateway-1"
    assert line["reason"].startswith("ResourceNotFoundException (AWS request ")


def test_an_unexpected_failure_is_a_500_without_internals(movies: Any) -> None:
    movies.client.put_item(TableName=movies.table_name, Item={"id": {"S": "x"}, "title": {"B": b"\x00"}})
    status, body = movies.get("/movies/x")
    assert (status, body["error"]) == (500, "server_error")
    assert "Binary" not in json.dumps(body)
    assert "unexpected failure" in movies.log.getvalue()


def test_a_request_is_one_line_of_json_without_token_or_path(movies: Any) -> None:
    movies.get("/movies", {"limit": ["5"]})
    (text,) = movies.log.getvalue().splitlines()
    line = json.loads(text)
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 200, "gateway-1")
    assert "secret.token" not in text


def test_answers_are_never_stored_by_a_cache(movies: Any) -> None:
    assert movies.answer("/movies")["multiValueHeaders"]["Cache-Control"] == ["no-store"]
