"""Reads the APIs (each folder of functions/ with an openapi.yaml); checks OpenAPI's, API Gateway's and our rules."""

import keyword
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scripts.build.data_files.documents import hint, read_yaml, reject, schema_problems, shown
from scripts.build.data_files.operations import operations
from scripts.build.data_files.overlaps import inexpressible
from scripts.errors import UserError
from scripts.tools import ROOT

SCHEMA_PATH = ROOT / "functions" / "openapi.schema.json"
DOCUMENT = "openapi.yaml"


def load_apis(functions_directory: Path) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI documents, sorted by the API's name, which is that of its folder.

    Raises UserError if there is no API, or a document has problems; every problem of every API is a line with file,
    place and fix.
    """
    paths = sorted(functions_directory.glob(f"*/{DOCUMENT}"))
    if not paths:
        raise UserError(
            f"{shown(functions_directory)} holds no API; create {shown(functions_directory)}/<api>/{DOCUMENT}"
        )
    apis: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for path in paths:
        try:
            apis[path.parent.name] = _load_api(path)
        except UserError as error:
            problems.append(str(error))
    reject(problems)
    return apis


def _load_api(path: Path) -> dict[str, Any]:
    name = path.parent.name
    document = read_yaml(path)
    problems = _name_problems(name)
    problems += schema_problems(document, SCHEMA_PATH, path)
    # Each check relies on the previous ones.
    for check in (_reference_problems, _openapi_problems, _own_problems):
        if not problems:
            problems = [f"{shown(path)}: {problem}" for problem in check(name, document)]
    reject(problems)
    return document


def _name_problems(name: str) -> list[str]:
    """Check the name: it is a Python package, the first segment of every path, and a part of names in the cloud."""
    if not re.fullmatch(r"[a-z][a-z0-9]{0,31}", name):
        return [f"functions/{name}: an API's name is lower-case letters and digits, at most 32; rename the folder"]
    if keyword.iskeyword(name) or name in sys.stdlib_module_names:
        return [
            f"functions/{name}: Python has a {name} of its own, so this one could not be imported; rename the folder"
        ]
    return []


def _reference_problems(_: str, document: dict[str, Any]) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for reference in sorted(set(_references(document))):
        target = reference.removeprefix("#/components/schemas/")
        if target not in schemas:
            yield f'$ref "{reference}" points to nothing{hint(target, schemas)}'


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _openapi_problems(_: str, document: dict[str, Any]) -> Iterator[str]:
    # Imported here, because the import would take most of the time of a run without changes.
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(document).iter_errors():
        yield error.message


def _own_problems(name: str, document: dict[str, Any]) -> Iterator[str]:
    for path in document["paths"]:
        if path != f"/{name}" and not path.startswith(f"/{name}/"):
            yield f"{path} must be /{name} or start with /{name}/, so that no two APIs share a path"
    if "get" not in document["paths"].get(f"/{name}", {}):
        yield f"GET /{name} is missing; it is the list that the site shows, so add it"
    else:
        yield from _column_problems(name, document)
    yield from _variable_problems(document["paths"])
    yield from _import_problems(document)
    yield from inexpressible([operation for operation in operations(document) if operation.any_of is not None])


def _variable_problems(paths: Iterable[str]) -> Iterator[str]:
    """Check that each path position has one variable name: API Gateway refuses /a/{id} next to /a/{slug}/b."""
    variables: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for index, part in enumerate(parts):
            before = "/".join(parts[:index])
            if part.startswith("{") and variables.setdefault(before, part) != part:
                yield f"{path}: {before} is followed by {variables[before]} elsewhere and by {part} here; use one name"


def _import_problems(document: dict[str, Any]) -> Iterator[str]:
    """Find what OpenAPI allows but API Gateway's import refuses (Developer Guide, "Important notes", REST APIs)."""
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            places: dict[str, str] = {}
            for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
                name, place = parameter["name"], parameter["in"]
                if places.setdefault(name, place) != place:
                    yield (
                        f"{method.upper()} {path}: API Gateway refuses the parameter {name} in {places[name]} and in "
                        f"{place}; give one another name"
                    )
            for status, response in operation["responses"].items():
                schema = _resolved(_answer_schema(document, response), schemas)
                if schema.get("type", "object") not in {"object", "array"}:
                    yield (
                        f"{method.upper()} {path}: API Gateway takes no {schema['type']} as the model of {status}; "
                        "answer an object with the value in it"
                    )


def _answer_schema(document: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").removeprefix("#/components/responses/")
    described = document["components"]["responses"][name] if name else response
    schema: dict[str, Any] = described.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _column_problems(name: str, document: dict[str, Any]) -> Iterator[str]:
    """Check the columns of the site's table: each is a property of the listed items, with a title for its heading."""
    properties = item_schema(name, document).get("properties")
    if properties is None:
        yield f"GET /{name} must answer 200 with an object that has a property items, an array of objects"
        return
    for column in document["info"]["x-columns"]:
        if column not in properties:
            yield f'info.x-columns: "{column}" is no property of the items of GET /{name}{hint(column, properties)}'
        elif "title" not in properties[column]:
            yield f"info.x-columns: the items' property \"{column}\" needs a title, which is the column's heading"


def item_schema(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the items that GET /<name> answers; empty if the document has none."""
    operation, schemas = document["paths"][f"/{name}"]["get"], document["components"]["schemas"]
    content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    items = _resolved(content, schemas).get("properties", {}).get("items", {})
    return _resolved(_resolved(items, schemas).get("items", {}), schemas)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix("#/components/schemas/")]
    return schema
