from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.build.data_files import load_apis
from scripts.errors import UserError

Spoil = Callable[[str, str, str], None]
FILE = "functions/movies/openapi.yaml"
LIST_SECURITY = "      security: [{ auth0: [read:Movies] }]\n"


def problems(checkout: Path) -> str:
    with pytest.raises(UserError) as raised:
        load_apis(checkout / "functions")
    return str(raised.value)


def test_apis_are_found_by_their_folders(checkout: Path) -> None:
    assert list(load_apis(checkout / "functions")) == ["devices", "movies"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(LIST_SECURITY, "", "GET /movies has no security", id="no security"),
        pytest.param(
            LIST_SECURITY, "      security: [{}]\n", "GET /movies has an empty security", id="optional security"
        ),
        pytest.param(
            LIST_SECURITY,
            "      security: [{ auth0: [read:Movies] }, {}]\n",
            "GET /movies has an empty security",
            id="security or none",
        ),
        pytest.param(
            LIST_SECURITY,
            "      security: [{ auth0: [] }]\n",
            "name at least one scope",
            id="a requirement of no scope",
        ),
        pytest.param(
            LIST_SECURITY, "      security: [{ api_key: [] }]\n", 'unknown key "api_key"', id="another scheme"
        ),
        pytest.param(
            "      security:", "      secuirty:", 'unknown key "secuirty"; did you mean "security"', id="a typo"
        ),
        pytest.param(
            "  /movies/{id}:", "  /films/{id}:", "/films/{id} must be /movies or start with", id="a foreign path"
        ),
        pytest.param("  /movies/{id}:", "  /movies2/{id}:", "must be /movies or start with", id="a path alike"),
        pytest.param("  /movies/{id}:", "  /movies/{id}.json:", "must match", id="half a path segment"),
        pytest.param("  /movies/{id}:", "  /movies/{id}/:", "must match", id="a slash at the end"),
        pytest.param("  /movies:\n", "  /movies/all:\n", "GET /movies is missing", id="no list"),
        pytest.param("id: { type: string }", "id: { type: string, nullable: true }", '"nullable"', id="nullable"),
        pytest.param(
            "id: { type: string }", "id: { type: string, example: x }", '"example"', id="an example in a schema"
        ),
        pytest.param(
            '              schema: { $ref: "#/components/schemas/Movie" }',
            "              schema: { type: string }",
            "GET /movies/{id}: API Gateway takes no string as the model of 200",
            id="an answer that is a text",
        ),
        pytest.param(
            "        - name: id\n",
            "        - { name: id, in: query, schema: { type: string } }\n        - name: id\n",
            "GET /movies/{id}: API Gateway refuses the parameter id in query and in path",
            id="one name in two places",
        ),
        pytest.param('        "200":', "        default:", 'the key "default"', id="an answer without a status"),
        pytest.param(
            "id: { type: string }",
            "id: { type: string, format: int64 }",
            "allowed: date-time",
            id="a format of OpenAPI",
        ),
        pytest.param("    MoviePage:", "    Movie_Page:", 'the key "Movie_Page"', id="a model's name with a line"),
        pytest.param(
            '"#/components/schemas/MoviePage"',
            '"other.yaml#/MoviePage"',
            "must match",
            id="a reference to another file",
        ),
        pytest.param(
            "schemas/MoviePage",
            "schemas/MoviePag",
            'points to nothing; did you mean "MoviePage"?',
            id="a broken reference",
        ),
        pytest.param("[title, year,", "[titel, year,", '"titel" is no property', id="a column that no item has"),
        pytest.param(
            "title: Year", "description: Year", 'property "year" needs a title', id="a column without a heading"
        ),
        pytest.param(
            "operationId: getMovie\n", "operationId: listMovies\n", "not unique", id="an operation's id twice"
        ),
        pytest.param(
            "default: 20", "default: twenty", "'twenty' is not of type 'integer'", id="a default of another type"
        ),
        pytest.param("- name: id", "- name: identifier", "Path parameter 'id'", id="an undeclared path parameter"),
        pytest.param("openapi: 3.0.3", "openapi: 3.1.0", "openapi:", id="another OpenAPI"),
        pytest.param(
            '        "200":', "        200:", 'write the key 200 in quotes: "200"', id="a status without quotes"
        ),
        pytest.param(
            '              schema: { $ref: "#/components/schemas/MoviePage" }',
            "              schema: { type: string }",
            "must answer 200 with an object that has a property items",
            id="a list that is none",
        ),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_place_and_fix(
    checkout: Path, spoil: Spoil, old: str, new: str, sentence: str
) -> None:
    spoil(FILE, old, new)
    text = problems(checkout)
    assert "movies/openapi.yaml" in text
    assert sentence in text


def test_every_mistake_of_every_api_is_reported_at_once(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, LIST_SECURITY, "")
    spoil("functions/devices/openapi.yaml", "x-columns: [name,", "x-columns: [nmae,")
    lines = problems(checkout).splitlines()
    assert len(lines) == 2
    assert "devices" in lines[0]
    assert "movies" in lines[1]


@pytest.mark.parametrize("name", ["Movies", "my-movies", "my_movies", "2movies", "class", "calendar"])
def test_a_folder_that_cannot_be_a_package_and_a_path_is_refused(checkout: Path, name: str) -> None:
    (checkout / "functions/movies").rename(checkout / "functions" / name)
    assert "rename the folder" in problems(checkout)


def test_a_folder_without_any_api_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no API"):
        load_apis(tmp_path)


def test_two_names_for_one_place_in_the_paths_are_refused(checkout: Path, spoil: Spoil) -> None:
    spoil(FILE, "  /movies/health:\n", path_entry("/movies/{slug}/cast", "slug") + "  /movies/health:\n")
    assert "/movies/{slug}/cast: /movies is followed by {id} elsewhere and by {slug} here" in problems(checkout)


def path_entry(path: str, variable: str) -> str:
    return (
        f"  {path}:\n"
        "    get:\n"
        "      operationId: extra\n"
        "      summary: More\n"
        "      security: []\n"
        f"      parameters: [{{ name: {variable}, in: path, required: true, schema: {{ type: string }} }}]\n"
        '      responses: { "200": { description: More } }\n'
    )
