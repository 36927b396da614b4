"""The forms of all Management API answers: errors, lists with paging, and the choice of fields."""

import http
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.store import Collection, Document

_MAXIMUM_PER_PAGE = 100
_USUAL_PER_PAGE = 50
# Marks documents that were seeded from auth0/ at start and are removed with their source; no answer shows it.
SEEDED = "seeded"


class ManagementError(Exception):
    """An error answer: its status, a sentence and, except with 401, Auth0's error code."""

    def __init__(self, status: int, message: str, code: str | None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code


def error_response(error: ManagementError) -> Response:
    """Return an error in Auth0's form; an error about the token has `attributes` instead of an `errorCode`."""
    more = {"attributes": {"error": error.message}} if error.code is None else {"errorCode": error.code}
    reason = http.HTTPStatus(error.status).phrase
    return JSONResponse({"statusCode": error.status, "error": reason, "message": error.message, **more}, error.status)


def find(collection: Collection, key: str, noun: str) -> Document:
    """Return a document; raise ManagementError(404) if there is none, so that Terraform knows that it is gone."""
    document = collection.get(key)
    if document is None:
        raise absent(noun)
    return document


def absent(noun: str) -> ManagementError:
    """Return the 404 for a missing object, such as a `client grant`."""
    return ManagementError(404, f"The {noun} does not exist", f"inexistent_{noun.replace(' ', '_')}")


def listing(request: Request, key: str, rows: list[Document]) -> Response:
    """Return a list in the requested form: bare, with totals (`include_totals`), or by checkpoint (`take`, `from`)."""
    query = request.query_params
    if "take" in query or "from" in query:
        return by_checkpoint(request, key, rows)
    start, shown = page_of(request, rows)
    if query.get("include_totals") != "true":
        return JSONResponse(shown)
    totals = {"start": start, "limit": per_page(request), "total": len(rows)}
    if key in ("logs", "users"):
        totals["length"] = len(shown)
    return JSONResponse({**totals, key: shown})


def by_checkpoint(request: Request, key: str, rows: list[Document]) -> Response:
    """Return `take` rows from the checkpoint `from` on, and `next`, the checkpoint of the following ones, if any."""
    start, take = number(request, "from", 0), number(request, "take", _USUAL_PER_PAGE, _MAXIMUM_PER_PAGE)
    page = {key: rows[start : start + take]}
    return JSONResponse({**page, "next": str(start + take)} if start + take < len(rows) else page)


def page_of(request: Request, rows: list[Document]) -> tuple[int, list[Document]]:
    """Return the offset of the page that the query asks for, and its rows."""
    start = number(request, "page", 0) * per_page(request)
    return start, rows[start : start + per_page(request)]


def per_page(request: Request) -> int:
    """Return the size of a page, 50 unless the query says otherwise."""
    return number(request, "per_page", _USUAL_PER_PAGE, _MAXIMUM_PER_PAGE)


def number(request: Request, name: str, default: int, maximum: int = 10**9) -> int:
    """Return a whole number of the query; raise ManagementError(400) if it is none, or too large."""
    text = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", text):
        message = f"Query validation error: 'Expected type integer but found type string' on property {name}."
        raise ManagementError(400, message, "invalid_query_string")
    if int(text) > maximum:
        message = f"Query validation error: 'Value {int(text)} is greater than maximum {maximum}' on property {name}."
        raise ManagementError(400, message, "invalid_query_string")
    return int(text)


def chosen_fields(request: Request, document: Document, always: tuple[str, ...]) -> Document:
    """Return a document reduced by `fields` and `include_fields`; its ids always remain."""
    text = request.query_params.get("fields")
    if not text:
        return document
    names = {name.strip() for name in text.split(",")}
    include = request.query_params.get("include_fields", "true") != "false"
    return {name: value for name, value in document.items() if name in always or (name in names) == include}


def merged(document: Document, changes: Document) -> Document:
    """Return a document after a PATCH: a null removes a field, anything else replaces it."""
    return {name: value for name, value in {**document, **changes}.items() if value is not None}
