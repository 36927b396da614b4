"""Serves the operations of one OpenAPI document from one table; the caller passes both."""

import hashlib
import json
from functools import cache
from typing import Any

from guard.answers import Answer, answer, no_content
from guard.guard import Event, Handler
from table_api import cursor, request_body
from table_api.attributes import Item
from table_api.document import ID_FIELD, Action, Operation, read_operations
from table_api.errors import InvalidRequestError, NotFoundError, PreconditionFailedError, ReusedKeyError
from table_api.parameters import Value, read_query
from table_api.request_headers import ANY, entity_tag, idempotency_key, if_match
from table_api.table import ConditionFailedError, Stored, Table

DEFAULT_LIMIT = 20
"""Items on a page if the document gives `limit` no default."""


def make_handler(name: str, document: dict[str, Any], table: Table) -> Handler:
    """Return the handler of the API called `name`, for the guard to wrap; it raises ApiErrors.

    Raises ValueError for a document that cannot be served.
    """
    operations = {(operation.method, operation.path): operation for operation in read_operations(name, document)}
    writes = any(method != "GET" for method, _ in operations)

    @cache
    def check(method: str, path: str) -> request_body.Check:
        return request_body.make_check(operations[method, path].body, document["components"])

    def handle(event: Event, _context: object) -> Answer:
        operation = operations[event["httpMethod"], event["resource"]]
        query = read_query(operation.query_parameters, event.get("multiValueQueryStringParameters") or {})
        match operation.action:
            case Action.HEALTH:
                return answer(200, {"status": "ok"})
            case Action.LIST:
                return answer(200, _page(name, operation, table, query))
            case Action.GET:
                found = table.get(_item_id(operation, event), consistent=writes)
                return _shown(200, operation, _existing(operation, found))
            case Action.CREATE:
                body = request_body.read(event, check(operation.method, operation.path))
                created = _created(table, event, body)
                # Relative to the requested address, with or without CloudFront's /api (RFC 9110 §10.2.2).
                return _shown(201, operation, created, {"Location": f"{name}/{created.item[ID_FIELD]}"})
            case Action.REPLACE:
                body = request_body.read(event, check(operation.method, operation.path))
                return _shown(200, operation, _replaced(operation, table, event, body))
            case Action.DELETE:
                _delete(operation, table, event)
                return no_content()

    return handle


def _shown(status: int, operation: Operation, stored: Stored, headers: dict[str, str] | None = None) -> Answer:
    return answer(status, _declared(operation, stored.item), {**entity_tag(stored.version), **(headers or {})})


def _item_id(operation: Operation, event: Event) -> str:
    item_id: str = event["pathParameters"][ID_FIELD]
    try:
        for parameter in operation.path_parameters:
            parameter.read(item_id)
    except InvalidRequestError as error:
        raise _absent(operation) from error  # no item can have an invalid id
    return item_id


def _absent(operation: Operation) -> NotFoundError:
    return NotFoundError(f"{operation.not_found}.")


def _existing(operation: Operation, stored: Stored | None) -> Stored:
    if stored is None:
        raise _absent(operation)
    return stored


def _page(name: str, operation: Operation, table: Table, query: dict[str, Value]) -> Item:
    after = query.get("cursor")
    page = table.page(int(query.get("limit", DEFAULT_LIMIT)), cursor.decode(name, str(after)) if after else None)
    body: Item = {"items": [_declared(operation, item) for item in page.items]}
    if page.more:
        body["next_cursor"] = cursor.encode(name, page.items[-1][ID_FIELD])
    return body


def _created(table: Table, event: Event, body: Item) -> Stored:
    """Add the item. Its id is derived from the caller and the key, so a repeated request finds the same item."""
    caller = (event["requestContext"].get("authorizer") or {}).get("principalId", "")
    item_id = _digest([caller, idempotency_key(event)])[:32]
    try:
        return table.create({ID_FIELD: item_id, **body}, _digest(body))
    except ConditionFailedError as failed:
        raise ReusedKeyError(
            "This Idempotency-Key came with another body before. Send a new key with a new request."
        ) from failed


def _replaced(operation: Operation, table: Table, event: Event, body: Item) -> Stored:
    wanted = if_match(event)
    item_id = _item_id(operation, event)
    try:
        return table.replace(item_id, body, operation.body_fields, None if wanted == ANY else wanted)
    except ConditionFailedError as failed:
        _existing(operation, failed.stored)
        raise _changed() from failed


def _delete(operation: Operation, table: Table, event: Event) -> None:
    """Delete the item. A missing item counts as deleted, so a repeated request gets the same answer."""
    wanted = if_match(event)
    item_id = _item_id(operation, event)
    try:
        table.delete(item_id, None if wanted == ANY else wanted)
    except ConditionFailedError as failed:
        raise _changed() from failed


def _changed() -> PreconditionFailedError:
    return PreconditionFailedError("The item has changed since you read it. Get it again, then repeat your change.")


def _declared(operation: Operation, item: Item) -> Item:
    """Keep only the declared fields, so that a field added to the table is not published by that alone."""
    return {field: item[field] for field in operation.fields if field in item}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
