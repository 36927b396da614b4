"""Reads the table: one item by id, or a page of items."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from table_api.document import ID_FIELD
from table_api.dynamodb import DynamoDB, DynamoDBError
from table_api.errors import TableError

type Item = dict[str, Any]


class Page(NamedTuple):
    """Some items, and whether more follow."""

    items: list[Item]
    more: bool


class Table:
    """A DynamoDB table whose hash key is the text `id`."""

    def __init__(self, client: DynamoDB, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, item_id: str) -> Item | None:
        """Return the item, or None if there is none; raises TableError."""
        answer = self._call("GetItem", {"Key": {ID_FIELD: {"S": item_id}}})
        return _plain(answer["Item"]) if "Item" in answer else None

    def page(self, limit: int, after_id: str | None) -> Page:
        """Return at most `limit` items after the one with `after_id`, in the table's own order; raises TableError.

        One item more is read, because DynamoDB's LastEvaluatedKey does not say whether anything follows. A Scan may
        also return fewer than its Limit (a megabyte is its own end), hence the loop.
        """
        rows: list[Item] = []
        start = {ID_FIELD: {"S": after_id}} if after_id is not None else None
        while len(rows) <= limit:
            position = {"ExclusiveStartKey": start} if start else {}
            answer = self._call("Scan", {"Limit": limit + 1 - len(rows), **position})
            rows.extend(_plain(row) for row in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if not start:
                break
        return Page(rows[:limit], more=len(rows) > limit)

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._client.call(operation, {"TableName": self._name, **request})
        except DynamoDBError as error:
            by = f" (AWS request {error.request_id})" if error.request_id else ""
            raise TableError(f"{error.code}{by}") from error


def _plain(row: Mapping[str, Any]) -> Item:
    return {name: _value(typed) for name, typed in row.items()}


def _value(typed: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value of JSON
    """Return the value of a member that names its type: `{"S": "Alien"}`.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
    Raises TypeError for the types that JSON does not have: binary values and sets.
    """
    [(kind, value)] = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            number = float(value)
            return int(value) if value.lstrip("-").isdecimal() else int(number) if number.is_integer() else number
        case "NULL":
            return None
        case "L":
            return [_value(each) for each in value]
        case "M":
            return _plain(value)
        case _:
            raise TypeError(f"an attribute of type {kind}")
