"""Converts between an item and DynamoDB's notation, in which each value names its type: `{"S": "Alien"}`.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from collections.abc import Mapping
from typing import Any

type Item = dict[str, Any]


def plain(row: Mapping[str, Any]) -> Item:
    """Return the item of a row; raises TypeError for the types that JSON does not have: binary values and sets."""
    return {name: _plain_value(typed) for name, typed in row.items()}


def typed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of an item that was read from JSON."""
    return {name: _typed_value(value) for name, value in item.items()}


def _plain_value(typed_value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value of JSON
    [(kind, value)] = typed_value.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            number = float(value)
            return int(value) if value.lstrip("-").isdecimal() else int(number) if number.is_integer() else number
        case "NULL":
            return None
        case "L":
            return [_plain_value(each) for each in value]
        case "M":
            return plain(value)
        case _:
            raise TypeError(f"an attribute of type {kind}")


def _typed_value(value: object) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": repr(value)}
        case None:
            return {"NULL": True}
        case list():
            return {"L": [_typed_value(each) for each in value]}
        case dict():
            return {"M": typed(value)}
        case _:
            raise TypeError(f"JSON has no {type(value).__name__}")
