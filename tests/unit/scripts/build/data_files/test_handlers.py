"""The build refuses an operation that the handler cannot serve, because it would answer 502."""

from pathlib import Path

import pytest

from scripts.build.data_files import load_project
from scripts.errors import UserError

HANDLER = 'from table_api.entry import lambda_handler\n\nhandler = lambda_handler("movies")\n'
PATCH = """
    patch:
      operationId: changeMovies
      summary: Change the movies
      security: [{ auth0: [read:Movies] }]
      responses: { "200": { description: Changed } }
  /movies/{id}:
"""


@pytest.fixture
def with_patch(checkout: Path) -> Path:
    document = checkout / "functions/movies/openapi.yaml"
    text = document.read_text(encoding="utf-8")
    assert "\n  /movies/{id}:\n" in text
    document.write_text(text.replace("\n  /movies/{id}:\n", PATCH, 1), encoding="utf-8")
    return checkout


def test_a_patch_with_the_handler_of_table_api_is_refused_with_the_reason(with_patch: Path) -> None:
    (with_patch / "functions/movies/handler.py").write_text(HANDLER, encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        load_project(with_patch)
    assert str(refusal.value) == (
        f"{with_patch / 'functions/movies/openapi.yaml'}: table_api does not serve PATCH /movies, only GET /movies, "
        "POST /movies, GET /movies/{id}, PUT /movies/{id}, DELETE /movies/{id}, GET /movies/health; "
        "write a handler.py of its own"
    )


def test_a_patch_with_a_handler_of_the_api_s_own_is_the_handler_s_affair(with_patch: Path) -> None:
    (with_patch / "functions/movies/handler.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    assert "movies" in load_project(with_patch).apis
