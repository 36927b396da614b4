"""Reads the table: one item by id, or a page of items."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import BotoCoreError, ClientError

from table_api.document import ID_FIELD
from table_api.errors import TableError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import ScanOutputTypeDef

Item = dict[str, Any]

_from_dynamodb = TypeDeserializer().deserialize


class Page(NamedTuple):
    """Some items, and whether more follow."""

    items: list[Item]
    more: bool


class Table:
    """A DynamoDB table whose hash key is the text `id`; items are flat, of text and whole numbers."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def get(self, item_id: str) -> Item | None:
        """Return the item, or None if there is none; raises TableError."""
        try:
            answer = self._client.get_item(TableName=self._name, Key={ID_FIELD: {"S": item_id}})
        except (ClientError, BotoCoreError) as error:
            raise _table_error(error) from error
        return _plain(answer["Item"]) if "Item" in answer else None

    def page(self, limit: int, after_id: str | None) -> Page:
        """Return at most `limit` items after the one with `after_id`, in the table's own order; raises TableError.

        One item more than asked for is read, because DynamoDB's LastEvaluatedKey does not say whether anything follows.
        A Scan may also return fewer than its Limit (a megabyte is its own end), hence the loop.
        """
        rows: list[Item] = []
        start = {ID_FIELD: {"S": after_id}} if after_id is not None else None
        while len(rows) <= limit:
            answer = self._scan(limit + 1 - len(rows), start)
            rows.extend(_plain(row) for row in answer["Items"])
            start = answer.get("LastEvaluatedKey")  # type: ignore[assignment]
            if not start:
                break
        return Page(rows[:limit], more=len(rows) > limit)

    def _scan(self, limit: int, start: Any) -> "ScanOutputTypeDef":  # noqa: ANN401
        position = {"ExclusiveStartKey": start} if start else {}
        try:
            return self._client.scan(TableName=self._name, Limit=limit, **position)
        except (ClientError, BotoCoreError) as error:
            raise _table_error(error) from error


def _plain(row: Mapping[str, Any]) -> Item:
    return {name: _number(_from_dynamodb(value)) for name, value in row.items()}


def _number(value: Any) -> Any:  # noqa: ANN401 - whatever DynamoDB holds
    """boto3 reads every number as a Decimal, which JSON does not know."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _table_error(error: ClientError | BotoCoreError) -> TableError:
    """Keep the kind of the failure and AWS's request id; botocore's whole text can hold addresses and names."""
    if isinstance(error, ClientError):
        metadata = error.response.get("ResponseMetadata", {})
        return TableError(f"{error.response['Error'].get('Code')} (AWS request {metadata.get('RequestId')})")
    return TableError(type(error).__name__)
