"""Reads a request's body, and checks it against its schema in the OpenAPI document.

API Gateway also checks it, but only a body whose Content-Type has a model, and not by every keyword.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from table_api.attributes import Item
from table_api.errors import ContentTooLargeError, InvalidRequestError, UnsupportedMediaTypeError
from table_api.request_headers import header_values

LIMIT_BYTES = 262_144
"""The longest body. DynamoDB accepts items of 400 KB, including names and our own attributes."""

# DynamoDB's numbers have 38 digits and go from 1E-130 to 9.9E+125.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_DIGITS = 38
_LEAST, _MOST = 1e-130, 9.9e125
_SHOWN_CHARACTERS = 300

type Check = Callable[[object], object]


def make_check(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Check:
    """Return a function that raises InvalidRequestError for a body that does not follow the schema.

    The schema is in JSON Schema draft 4, like API Gateway's models; `$ref` names one of the components.
    """
    # Imported here, because an API that only reads needs none of it at a cold start.
    from fastjsonschema import JsonSchemaValueException
    from fastjsonschema import compile as compile_schema

    whole = {"$schema": "http://json-schema.org/draft-04/schema#", **schema, "components": components}
    follows = compile_schema(whole, use_default=False)

    def check(body: object) -> None:
        try:
            follows(body)
        except JsonSchemaValueException as error:
            # The sentence begins with `data`, the validator's name for the whole body.
            sentence = error.message.removeprefix("data").removeprefix(".").strip()
            raise InvalidRequestError(f"The body is refused: {sentence[:_SHOWN_CHARACTERS]}.") from error

    return check


def read(event: Mapping[str, Any], check: Check) -> Item:
    """Return the object in the body; raises an ApiError that names the mistake."""
    text = event.get("body") or ""
    if _media_type(event) != "application/json":
        raise UnsupportedMediaTypeError("Send the body as JSON, with the header Content-Type: application/json.")
    if len(text.encode()) > LIMIT_BYTES:
        raise ContentTooLargeError(f"The body is longer than {LIMIT_BYTES} bytes.")
    try:
        body = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError("The body is not JSON.") from error
    check(body)
    found: Item = body
    return found


def _media_type(event: Mapping[str, Any]) -> str:
    values = header_values(event, "Content-Type")
    return values[0].partition(";")[0].strip().lower() if len(values) == 1 else ""


def _object(pairs: list[tuple[str, Any]]) -> Item:
    """Refuse repeated names, because API Gateway may have checked the other value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidRequestError("The body is refused: an object repeats a name.")
    return found


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _DIGITS:
        raise InvalidRequestError(f"The body is refused: a number has more than {_DIGITS} digits.")
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if number and not _LEAST <= abs(number) <= _MOST:
        raise InvalidRequestError("The body is refused: a number is too large or too small.")
    return number


def _constant(text: str) -> float:
    raise InvalidRequestError(f"The body is refused: {text} is no number of JSON.")
