"""The rows of sample.json, checked by the document before Terraform reads them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.build.data_files import load_project
from scripts.errors import UserError

SAMPLE = "functions/movies/sample.json"
type Change = Callable[[list[dict[str, Any]]], object]


def test_samples_of_the_document_s_form_are_good(checkout: Path) -> None:
    assert load_project(checkout).apis.keys() == {"movies", "devices"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: rows[1].pop("id"), ', row 2: "id" is missing or no text'),
        (lambda rows: rows[1].update(id=7), ', row 2: "id" is missing or no text'),
        (lambda rows: rows[1].update(id=rows[0]["id"]), ', row 2: the id "metropolis" is that of row 1 too'),
        (lambda rows: rows[0].update(year="1927"), ", row 1: year: '1927' is not of type 'integer'"),
        (lambda rows: rows[0].pop("title"), ", row 1: 'title' is a required property"),
        (lambda rows: rows[0].update(title=True), ', row 1: "title" must be a text or a number'),
        (lambda rows: rows.insert(0, "metropolis"), ", row 1: must be an object"),
    ],
)
def test_a_row_that_the_table_could_not_take_is_named(checkout: Path, change: Change, sentence: str) -> None:
    rows = json.loads((checkout / SAMPLE).read_text(encoding="utf-8"))
    change(rows)
    (checkout / SAMPLE).write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        load_project(checkout)
    assert f"{checkout / SAMPLE}{sentence}" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("[", ", line 1 is not JSON"), ("{}", " must hold a list of rows"), (None, " does not exist")],
)
def test_a_file_that_is_no_list_is_named(checkout: Path, text: str | None, sentence: str) -> None:
    (checkout / SAMPLE).unlink() if text is None else (checkout / SAMPLE).write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as refusal:
        load_project(checkout)
    assert f"{checkout / SAMPLE}{sentence}" in str(refusal.value)
