"""Serves the operations of one OpenAPI document from one table; everything that it needs is handed in."""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from table_api import cursor
from table_api.document import ID_FIELD, Action, Operation, read_operations
from table_api.errors import (
    ApiError,
    InsufficientScopeError,
    InvalidRequestError,
    NotFoundError,
    TableError,
    UnguardedError,
)
from table_api.guard import require_scopes
from table_api.parameters import Value, read_query
from table_api.table import Item, Table

Event = dict[str, Any]
Handler = Callable[[Event, LambdaContext], dict[str, Any]]
Headers = dict[str, str | list[str]]

DEFAULT_LIMIT = 20
"""Items in a page when the document gives `limit` no default."""


def make_handler(name: str, document: dict[str, Any], table: Table, logger: Logger) -> Handler:
    """Return the Lambda handler of the API called `name`; raises ValueError for a document that cannot be served."""
    app = APIGatewayRestResolver()
    for operation in read_operations(name, document):
        app.get(operation.path.replace("{", "<").replace("}", ">"))(_route(app, name, operation, table))

    def request_id() -> str:
        return str(app.current_event.request_context.request_id)

    @app.not_found
    def no_such_path(_: Exception) -> Response[str]:
        return _refusal(name, NotFoundError("There is nothing at this path."), request_id())

    def refused(error: ApiError) -> Response[str]:
        if isinstance(error, TableError):
            logger.error("the table could not be read", extra={"reason": error.reason})
        if isinstance(error, UnguardedError):
            logger.error("a guarded operation was called without the authorizer's scopes")
        return _refusal(name, error, request_id())

    def failed(_: Exception) -> Response[str]:
        logger.exception("unexpected failure")
        return _refusal(name, ApiError("Something went wrong on our side. Try again later."), request_id())

    app.exception_handler(ApiError)(refused)
    app.exception_handler(Exception)(failed)

    def handler(event: Event, context: LambdaContext) -> dict[str, Any]:
        gateway = event.get("requestContext") or {}
        logger.append_keys(request_id=gateway.get("requestId"), function_request_id=context.aws_request_id)
        answer = app.resolve(event, context)
        # The template, not the path: a path is the caller's text.
        logger.info(
            "answered",
            extra={
                "method": event.get("httpMethod"),
                "resource": event.get("resource"),
                "status": answer["statusCode"],
            },
        )
        return answer

    return handler


def _route(app: APIGatewayRestResolver, name: str, operation: Operation, table: Table) -> Callable[..., Response[str]]:
    def route(**path_parameters: str) -> Response[str]:
        event: Event = app.current_event.raw_event
        require_scopes(operation, (event.get("requestContext") or {}).get("authorizer"))
        query = read_query(operation.query_parameters, event.get("multiValueQueryStringParameters") or {})
        match operation.action:
            case Action.HEALTH:
                return _json(200, {"status": "ok"})
            case Action.GET:
                return _json(200, _item(operation, table, path_parameters[ID_FIELD]))
            case Action.LIST:
                return _json(200, _page(name, operation, table, query))

    return route


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
    """Keep what the document declares: a field that someone adds to the table is not published by that alone."""
    return {field: item[field] for field in operation.fields if field in item}


def _refusal(name: str, error: ApiError, request_id: str) -> Response[str]:
    headers: Headers = {}
    if isinstance(error, InsufficientScopeError):
        # API Gateway renames it to x-amzn-Remapped-WWW-Authenticate (Developer Guide, "Important notes"), so that the
        # body is what a caller reads. Its own refusals, which are nearly all, carry the header as it is written.
        headers["WWW-Authenticate"] = f'Bearer realm="{name}", error="{error.code}", scope="{error.scope}"'
    return _json(error.status, {"error": error.code, "message": str(error), "request_id": request_id}, headers)


def _json(status: int, body: Item, headers: Headers | None = None) -> Response[str]:
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False),
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )
