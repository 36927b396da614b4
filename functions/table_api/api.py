"""Serves the operations of one OpenAPI document from one table; everything that it needs is handed in."""

from typing import Any

from guard.answers import Answer, answer
from guard.guard import Event, Handler
from table_api import cursor
from table_api.document import ID_FIELD, Action, Operation, read_operations
from table_api.errors import InvalidRequestError, NotFoundError
from table_api.parameters import Value, read_query
from table_api.table import Item, Table

DEFAULT_LIMIT = 20
"""Items in a page when the document gives `limit` no default."""


def make_handler(name: str, document: dict[str, Any], table: Table) -> Handler:
    """Return the handler of the API called `name`, for the guard to wrap; it raises ApiErrors.

    Raises ValueError for a document that cannot be served.
    """
    operations = {operation.path: operation for operation in read_operations(name, document)}

    def handle(event: Event, _context: object) -> Answer:
        operation = operations[event["resource"]]
        query = read_query(operation.query_parameters, event.get("multiValueQueryStringParameters") or {})
        match operation.action:
            case Action.HEALTH:
                return answer(200, {"status": "ok"})
            case Action.GET:
                return answer(200, _item(operation, table, event["pathParameters"][ID_FIELD]))
            case Action.LIST:
                return answer(200, _page(name, operation, table, query))

    return handle


def _item(operation: Operation, table: Table, item_id: str) -> Item:
    absent = NotFoundError(f"{operation.not_found}.")
    try:
        for parameter in operation.path_parameters:
            parameter.read(item_id)
    except InvalidRequestError as error:
        raise absent from error  # an id that none can have names no item
    item = table.get(item_id)
    if item is None:
        raise absent
    return _declared(operation, item)


def _page(name: str, operation: Operation, table: Table, query: dict[str, Value]) -> Item:
    after = query.get("cursor")
    page = table.page(int(query.get("limit", DEFAULT_LIMIT)), cursor.decode(name, str(after)) if after else None)
    body: Item = {"items": [_declared(operation, item) for item in page.items]}
    if page.more:
        body["next_cursor"] = cursor.encode(name, page.items[-1][ID_FIELD])
    return body


def _declared(operation: Operation, item: Item) -> Item:
    """Keep the declared fields: a field that someone adds to the table is not published by that alone."""
    return {field: item[field] for field in operation.fields if field in item}
