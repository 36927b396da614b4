"""Checks each API's sample.json, from which Terraform fills the table, against the API's own document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from scripts.build.data_files.apis import item_schema
from scripts.build.data_files.documents import place, shown

SAMPLE = "sample.json"


def sample_problems(functions_directory: Path, apis: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each problem of functions/<api>/sample.json, with file, row and fix.

    A row is an object of texts and numbers, because module stack writes no other types to a table. It has a unique
    `id` and follows the schema of the items that GET /<api> returns.
    """
    for name, document in apis.items():
        path = functions_directory / name / SAMPLE
        for problem in _problems(path, name, document):
            yield f"{shown(path)}{problem}"


def _problems(path: Path, name: str, document: dict[str, Any]) -> Iterator[str]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        yield " does not exist; create it with a list of rows, or with [] for none"
        return
    except json.JSONDecodeError as error:
        yield f", line {error.lineno} is not JSON: {error.msg}; correct it"
        return
    except (UnicodeDecodeError, RecursionError) as error:
        yield f" cannot be read ({type(error).__name__}); write a list of rows in UTF-8"
        return
    if not isinstance(rows, list):
        yield " must hold a list of rows; write [ ] around them"
        return
    validator = Draft202012Validator({**item_schema(name, document), "components": document["components"]})
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        for problem in _row_problems(row, validator):
            yield f", row {number}: {problem}"
        row_id = row.get("id") if isinstance(row, dict) else None
        if isinstance(row_id, str) and seen.setdefault(row_id, number) != number:
            yield f', row {number}: the id "{row_id}" is that of row {seen[row_id]} too; choose another'


def _row_problems(row: object, validator: Draft202012Validator) -> Iterator[str]:
    if not isinstance(row, dict):
        yield 'must be an object, as { "id": ... }'
        return
    if not isinstance(row.get("id"), str) or not row["id"]:
        yield '"id" is missing or no text; give the row an id, which is its key in the table'
    for name, value in row.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            yield f'"{name}" must be a text or a number, which is all that a table of samples takes'
    for error in validator.iter_errors(row):
        where = "" if not error.absolute_path else f"{place(error.absolute_path)}: "
        yield f"{where}{error.message}, says the item of GET in openapi.yaml; correct one of them"
