"""The forms that every Management API answer has: errors, lists with paging, and the choice of fields."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant.store import Document

_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    501: "Not Implemented",
}
_MAXIMUM_PER_PAGE = 100


class ManagementError(Exception):
    """An error answer: its status, a sentence and Auth0's error code."""

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


def error_response(error: ManagementError) -> Response:
    """Return an error in Auth0's form."""
    body = {
        "statusCode": error.status,
        "error": _REASONS[error.status],
        "message": error.message,
        "errorCode": error.code,
    }
    return JSONResponse(body, error.status)


async def read_object(request: Request) -> Document:
    """Return the body, a JSON object; raise ManagementError(400) when it is not one."""
    body = await _read_json(request)
    if not isinstance(body, dict):
        raise ManagementError(400, "Payload validation error: 'Expected type object'.", "invalid_body")
    return body


async def read_list(request: Request) -> list[Document]:
    """Return the body, a JSON list of objects; raise ManagementError(400) when it is not one."""
    body = await _read_json(request)
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise ManagementError(400, "Payload validation error: 'Expected type array'.", "invalid_body")
    return body


async def _read_json(request: Request) -> Any:  # noqa: ANN401 - whatever JSON says; the callers above judge it
    try:
        return await request.json()
    except ValueError as error:
        raise ManagementError(400, "Invalid request payload JSON format", "invalid_body") from error


def check_lists(body: Document, names: tuple[str, ...], of: type = str) -> None:
    """Raise ManagementError(400) unless each of these fields, when it is there, is a list of strings (or of `of`)."""
    for name in names:
        value = body.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(row, of) for row in value)):
            raise ManagementError(400, f"Payload validation error: 'Expected type array: {name}'.", "invalid_body")


def check_objects(body: Document, names: tuple[str, ...]) -> None:
    """Raise ManagementError(400) unless each of these fields, when it is there, is an object."""
    for name in names:
        if not isinstance(body.get(name) or {}, dict):
            raise ManagementError(400, f"Payload validation error: 'Expected type object: {name}'.", "invalid_body")


def text_field(body: Document, name: str) -> str:
    """Return a required string of a body; raise ManagementError(400) when it is missing or something else."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ManagementError(400, f"Payload validation error: 'Missing required property: {name}'.", "invalid_body")
    return value


def listing(request: Request, key: str, rows: list[Document]) -> Response:
    """Return a list: bare, with totals (`include_totals`), or by checkpoint (`take`), as the query asks."""
    query = request.query_params
    if "take" in query or "from" in query:
        take, start = number(request, "take", 50), number(request, "from", 0)
        page = {key: rows[start : start + take]}
        return JSONResponse({**page, "next": str(start + take)} if start + take < len(rows) else page)
    per_page = min(number(request, "per_page", 50), _MAXIMUM_PER_PAGE)
    start = number(request, "page", 0) * per_page
    shown = rows[start : start + per_page]
    if query.get("include_totals") != "true":
        return JSONResponse(shown)
    totals = {"start": start, "limit": per_page, "length": len(shown), "total": len(rows)}
    return JSONResponse({**totals, key: shown})


def number(request: Request, name: str, default: int) -> int:
    """Return a whole number of the query; raise ManagementError(400) when it is not one."""
    text = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ManagementError(400, f"Query validation error: '{name}' is not a whole number.", "invalid_query_string")
    return int(text)


def chosen_fields(request: Request, document: Document, always: tuple[str, ...]) -> Document:
    """Return what `fields` and `include_fields` leave of a document; its ids stay in any case."""
    text = request.query_params.get("fields")
    if not text:
        return document
    names = {name.strip() for name in text.split(",")}
    include = request.query_params.get("include_fields", "true") != "false"
    return {name: value for name, value in document.items() if name in always or (name in names) == include}


def merged(document: Document, changes: Document) -> Document:
    """Return a document after a PATCH: a null removes a field, anything else replaces it."""
    return {name: value for name, value in {**document, **changes}.items() if value is not None}
