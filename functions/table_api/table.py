"""Reads and writes the table: an item by id, a page of items; a repeatable create, a replacement, a deletion.

An item has two attributes of ours. Each write sets a new version, which becomes the ETag. The request's digest
recognises a repeat of the request that created the item.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from table_api.attributes import Item, plain, typed
from table_api.document import ID_FIELD, OWN_PREFIX
from table_api.dynamodb import DynamoDB, DynamoDBError
from table_api.errors import TableError

VERSION = f"{OWN_PREFIX}version"
REQUEST_DIGEST = f"{OWN_PREFIX}request_digest"
FIRST_VERSION = "first"
"""The version of a row that another writer put into the table, such as a sample row."""


class Stored(NamedTuple):
    """An item as stored, and its version."""

    item: Item
    version: str


class Page(NamedTuple):
    """Some items, and whether more follow."""

    items: list[Item]
    more: bool


class ConditionFailedError(Exception):
    """The item does not meet a write's condition; `stored` is the item in the table, or None."""

    def __init__(self, stored: Stored | None) -> None:
        super().__init__("the condition of a write does not hold")
        self.stored = stored


class Table:
    """A DynamoDB table whose hash key is the text `id`."""

    def __init__(self, client: DynamoDB, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, item_id: str, *, consistent: bool = False) -> Stored | None:
        """Return the item, or None if there is none; raises TableError.

        A consistent read sees every write that was answered before, and costs twice as much.
        """
        answer = self._call("GetItem", {"Key": _key(item_id), **({"ConsistentRead": True} if consistent else {})})
        return _stored(answer["Item"]) if "Item" in answer else None

    def page(self, limit: int, after_id: str | None) -> Page:
        """Return at most `limit` items after the one with `after_id`, in the table's own order; raises TableError.

        Reads one item more, because DynamoDB's LastEvaluatedKey does not say whether more items follow. A Scan may also
        return fewer than its Limit (it stops at a megabyte), hence the loop.
        """
        rows: list[Item] = []
        start = _key(after_id) if after_id is not None else None
        while len(rows) <= limit:
            position = {"ExclusiveStartKey": start} if start else {}
            answer = self._call("Scan", {"Limit": limit + 1 - len(rows), **position})
            rows.extend(plain(row) for row in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            if not start:
                break
        return Page(rows[:limit], more=len(rows) > limit)

    def create(self, item: Item, request_digest: str) -> Stored:
        """Add an item, and return it; if the same request added it before, return the item as it is now.

        Raises ConditionFailedError if an item of another request has the id, or TableError.
        """
        row = typed({**item, VERSION: _new_version(), REQUEST_DIGEST: request_digest})
        try:
            self._write("PutItem", {"Item": row, "ConditionExpression": f"attribute_not_exists({ID_FIELD})"})
        except ConditionFailedError as failed:
            if failed.stored is not None and failed.stored.item.get(REQUEST_DIGEST) == request_digest:
                return failed.stored
            raise
        return _stored(row)

    def replace(self, item_id: str, values: Item, fields: Iterable[str], version: str | None) -> Stored:
        """Give an item these values instead of all its `fields`; other attributes stay. Return the new item.

        Raises ConditionFailedError if there is no such item or it has another version, or TableError.
        """
        written = {**values, VERSION: _new_version()}
        removed = [name for name in fields if name not in values]
        names = {f"#{number}": name for number, name in enumerate([*written, *removed])}
        short = {name: placeholder for placeholder, name in names.items()}
        condition, condition_names, condition_values = _unchanged(version)
        expression = "SET " + ", ".join(f"{short[name]} = :{short[name][1:]}" for name in written)
        if removed:
            expression += " REMOVE " + ", ".join(short[name] for name in removed)
        request = {
            "Key": _key(item_id),
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join([f"attribute_exists({ID_FIELD})", *condition]),
            "ExpressionAttributeNames": {**names, **condition_names},
            "ExpressionAttributeValues": {
                **{f":{short[name][1:]}": value for name, value in typed(written).items()},
                **condition_values,
            },
            "ReturnValues": "ALL_NEW",
        }
        try:
            return _stored(self._write("UpdateItem", request)["Attributes"])
        except ConditionFailedError as failed:
            # The client repeats a call whose answer was lost; then the item already has our version.
            if failed.stored is not None and failed.stored.version == written[VERSION]:
                return failed.stored
            raise

    def delete(self, item_id: str, version: str | None) -> None:
        """Delete the item, if there is one; raises ConditionFailedError if it has another version, or TableError."""
        condition, names, values = _unchanged(version)
        request: dict[str, Any] = {"Key": _key(item_id)}
        if condition:
            request |= {"ConditionExpression": condition[0], "ExpressionAttributeNames": names}
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            self._write("DeleteItem", request)
        except ConditionFailedError as failed:
            if failed.stored is not None:
                raise

    def _write(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(operation, {"ReturnValuesOnConditionCheckFailure": "ALL_OLD", **request})

    def _call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._client.call(operation, {"TableName": self._name, **request})
        except DynamoDBError as error:
            if error.code == "ConditionalCheckFailedException":
                raise ConditionFailedError(_stored(error.item) if error.item else None) from error
            by = f" (AWS request {error.request_id})" if error.request_id else ""
            raise TableError(f"{error.code}{by}") from error


def _key(item_id: str) -> dict[str, Any]:
    return {ID_FIELD: {"S": item_id}}


def _stored(row: Mapping[str, Any]) -> Stored:
    item = plain(row)
    return Stored(item, item.get(VERSION, FIRST_VERSION))


def _unchanged(version: str | None) -> tuple[Sequence[str], dict[str, str], dict[str, Any]]:
    """Return the condition that an item has this version, with its names and its values; empty for None."""
    match version:
        case None:
            return [], {}, {}
        case _ if version == FIRST_VERSION:
            return ["attribute_not_exists(#version)"], {"#version": VERSION}, {}
        case _:
            return ["#version = :version"], {"#version": VERSION}, {":version": {"S": version}}


def _new_version() -> str:
    return os.urandom(8).hex()
