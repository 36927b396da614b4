"""Reads a request's query as the OpenAPI document declares it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from table_api.errors import InvalidRequestError

Value = str | int

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


class Parameter(NamedTuple):
    """A parameter: a string or an integer, its bounds, and its default; None if the document says nothing."""

    name: str
    kind: str
    required: bool
    default: Value | None
    minimum: int | None
    maximum: int | None
    minimum_length: int | None
    maximum_length: int | None
    allowed: tuple[Value, ...] | None

    @classmethod
    def from_document(cls, declared: dict[str, Any]) -> "Parameter":
        """Make one from its declaration in the document.

        Raises ValueError for a type that this package cannot check, because no value may pass unchecked.
        """
        schema = declared["schema"]
        if schema["type"] not in {"string", "integer"}:
            message = (
                f"the parameter {declared['name']} is of type {schema['type']}; only string and integer are served"
            )
            raise ValueError(message)
        return cls(
            name=declared["name"],
            kind=schema["type"],
            required=declared.get("required", False),
            default=schema.get("default"),
            minimum=schema.get("minimum"),
            maximum=schema.get("maximum"),
            minimum_length=schema.get("minLength"),
            maximum_length=schema.get("maxLength"),
            allowed=tuple(schema["enum"]) if "enum" in schema else None,
        )

    def read(self, text: str) -> Value:
        """Return the value of the text; raises InvalidRequestError, which says which values are allowed."""
        if self.kind == "string":
            if self._within(len(text), self.minimum_length, self.maximum_length) and self._listed(text):
                return text
        elif _INTEGER.fullmatch(text):
            number = int(text)
            if self._within(number, self.minimum, self.maximum) and self._listed(number):
                return number
        raise InvalidRequestError(f"The parameter {self.name} must be {self._allowed_values()}.")

    def _listed(self, value: Value) -> bool:
        return self.allowed is None or value in self.allowed

    @staticmethod
    def _within(value: int, least: int | None, most: int | None) -> bool:
        return (least is None or value >= least) and (most is None or value <= most)

    def _allowed_values(self) -> str:
        if self.allowed is not None:
            return f"one of: {', '.join(str(value) for value in self.allowed)}"
        if self.kind == "string":
            return f"text{_bounds(self.minimum_length, self.maximum_length)}{self._unit()}"
        return f"a whole number{_bounds(self.minimum, self.maximum)}"

    def _unit(self) -> str:
        return "" if self.minimum_length is None and self.maximum_length is None else " characters"


def _bounds(least: int | None, most: int | None) -> str:
    match least, most:
        case None, None:
            return ""
        case None, _:
            return f" of at most {most}"
        case _, None:
            return f" of at least {least}"
        case _:
            return f" from {least} to {most}"


def read_query(declared: Sequence[Parameter], query: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    """Return the values by name, with defaults for absent parameters; omit a name that has neither.

    `query` holds all values of each name. Raises InvalidRequestError for a parameter that is unknown,
    repeated, missing, or not of the declared type and bounds.
    """
    by_name = {parameter.name: parameter for parameter in declared}
    for name in query:
        if name not in by_name:
            # Return the caller's own text only in JSON, and only its beginning.
            raise InvalidRequestError(f'There is no parameter "{name[:64]}" here; {_known(by_name)}.')
    values: dict[str, Value] = {}
    for name, parameter in by_name.items():
        given = query.get(name, ())
        if len(given) > 1:
            raise InvalidRequestError(f"The parameter {name} is repeated; give it once.")
        if given:
            values[name] = parameter.read(given[0])
        elif parameter.required:
            raise InvalidRequestError(f"The parameter {name} is missing.")
        elif parameter.default is not None:
            values[name] = parameter.default
    return values


def _known(names: Mapping[str, Parameter]) -> str:
    return f"allowed: {', '.join(names)}" if names else "none is allowed"
