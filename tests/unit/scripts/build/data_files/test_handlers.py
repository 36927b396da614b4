"""An operation that the handler cannot serve is refused at the build; else it would answer 502."""

from pathlib import Path

import pytest

from scripts.build.data_files import load_project
from scripts.errors import UserError

HANDLER = 'from table_api.entry import lambda_handler\n\nhandler = lambda_handler("movies")\n'
POST = """
    post:
      operationId: addMovie
      summary: Add a movie
      security: [{ auth0: [read:Movies] }]
      responses: { "201": { description: Added } }
  /movies/{id}:
"""


@pytest.fixture
def with_post(checkout: Path) -> Path:
    document = checkout / "functions/movies/openapi.yaml"
    text = document.read_text(encoding="utf-8")
    assert "\n  /movies/{id}:\n" in text
    document.write_text(text.replace("\n  /movies/{id}:\n", POST, 1), encoding="utf-8")
    return checkout


def test_a_post_with_the_handler_of_table_api_is_refused_with_the_reason(with_post: Path) -> None:
    (with_post / "functions/movies/handler.py").write_text(HANDLER, encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        load_project(with_post)
    assert str(refusal.value) == (
        f"{with_post / 'functions/movies/openapi.yaml'}: table_api does not serve POST /movies; only GET of /movies, "
        "/movies/{id}, /movies/health; write a handler.py of its own"
    )


def test_a_post_with_a_handler_of_the_api_s_own_is_the_handler_s_affair(with_post: Path) -> None:
    (with_post / "functions/movies/handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    assert "movies" in load_project(with_post).apis
