"""Checks request bodies against the schemas in schemas/; an invalid body gets 400, in Auth0's words.

A file of schemas/ is a JSON Schema (2020-12) of one resource's properties, closed, with five words of our own:
`createOnly` and `updateOnly` properties, `nullable` ones, `mayBeEmpty` (a PATCH without any property is no mistake) and
`alwaysWhole` (a PATCH needs what a POST needs). A file with a `type` is a plain schema of one body.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator, ValidationError
from starlette.requests import Request

from local.tenant.management.answers import ManagementError
from local.tenant.store import Document

_FOLDER = Path(__file__).with_name("schemas")
_LIMITS = {
    "minLength": "String is too short ({size} chars), minimum {limit}",
    "maxLength": "String is too long ({size} chars), maximum {limit}",
    "minItems": "Array is too short ({size}), minimum {limit}",
    "maxItems": "Array is too long ({size}), maximum {limit}",
    "minProperties": "Too few properties defined ({size}), minimum {limit}",
    "maxProperties": "Too many properties defined ({size}), maximum {limit}",
    "minimum": "Value {size} is less than minimum {limit}",
    "exclusiveMinimum": "Value {size} is not greater than {limit}",
    "maximum": "Value {size} is greater than maximum {limit}",
    "pattern": "String does not match pattern: {limit}",
}


class Form:
    """The request bodies of one resource, for its creation and for a change."""

    def __init__(self, name: str) -> None:
        """Read schemas/<name>.yaml."""
        schema: Document = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        self._new = Draft202012Validator(schema if "type" in schema else _new(schema))
        self._change = Draft202012Validator(schema if "type" in schema else _change(schema))

    async def new(self, request: Request) -> Document:
        """Return the body of a POST or PUT; raise ManagementError(400) if it is invalid."""
        body: Document = await _checked(request, self._new)
        return body

    async def change(self, request: Request) -> Document:
        """Return the body of a PATCH; raise ManagementError(400) if it is invalid."""
        body: Document = await _checked(request, self._change)
        return body

    async def rows(self, request: Request) -> list[Document]:
        """Return a body that is a list; raise ManagementError(400) if it is invalid."""
        body: list[Document] = await _checked(request, self._new)
        return body


def _new(schema: Document) -> Document:
    return _closed(schema, without=schema.get("updateOnly", ()), required=schema.get("required", []), at_least=0)


def _change(schema: Document) -> Document:
    required = schema.get("required", []) if schema.get("alwaysWhole") else []
    at_least = 0 if schema.get("mayBeEmpty") else 1
    return _closed(schema, without=schema.get("createOnly", ()), required=required, at_least=at_least)


def _closed(schema: Document, without: Iterable[str], required: list[str], at_least: int) -> Document:
    left_out, nullable = set(without), set(schema.get("nullable", ()))
    properties = {
        name: {"if": {"not": {"type": "null"}}, "then": rule} if name in nullable else rule
        for name, rule in schema["properties"].items()
        if name not in left_out
    }
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": required,
        "minProperties": at_least,
        "$defs": schema.get("$defs", {}),
    }


async def _checked(request: Request, validator: Draft202012Validator) -> Any:  # noqa: ANN401 - the schema knows
    try:
        body = await request.json()
        # Python accepts NaN and half a surrogate pair, which no answer could repeat (RFC 8259 §6, §8.2).
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise ManagementError(400, "Invalid request payload JSON format", "invalid_body") from error
    # Report the outermost mistake, because it explains the others.
    mistake = min(validator.iter_errors(body), key=lambda error: len(error.absolute_path), default=None)
    if mistake is not None:
        raise ManagementError(
            400, f"Payload validation error: '{_sentence(mistake)}'{_place(mistake)}.", "invalid_body"
        )
    return body


def _place(mistake: ValidationError) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in mistake.absolute_path)
    return f" on property {path.removeprefix('.')}" if path else ""


def _sentence(mistake: ValidationError) -> str:
    """Return the mistake in the words of Auth0's validator, without values, which may be secrets."""
    given, limit = cast("Any", mistake.instance), cast("Any", mistake.validator_value)
    match mistake.validator:
        case "required":
            return f"Missing required property: {next(name for name in limit if name not in given)}"
        case "additionalProperties":
            known = cast("Document", mistake.schema).get("properties", {})
            return f"Additional properties not allowed: {','.join(name for name in given if name not in known)}"
        case "type":
            wanted = limit if isinstance(limit, str) else "/".join(limit)
            return f"Expected type {wanted} but found type {_type(given)}"
        case "enum":
            return f"No enum match, expected one of: {', '.join(str(value) for value in limit)}"
        case _:
            wording = _LIMITS.get(str(mistake.validator), "Data does not match the schema: {limit}")
            return wording.format(limit=limit, size=len(given) if isinstance(given, str | list | dict) else given)


def _type(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")
