"""The body of a request to the token or revocation endpoint: a form or a JSON object (Auth0 accepts both)."""

import json
from typing import Any

from starlette.requests import Request

from local.tenant.errors import OAuthError

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


async def read_fields(request: Request) -> dict[str, str]:
    """Return the body's fields; raise OAuthError(invalid_request) if it is neither, or repeats a field.

    A parameter occurs once, in the body, never in the URL; an empty one counts as missing (RFC 6749 §3.2). So does a
    JSON value that is not a string.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _JSON:
        pairs: list[tuple[str, Any]] = _json_pairs(await request.body())
    elif kind in (_FORM, ""):
        pairs = list((await request.form()).multi_items())
    else:
        raise OAuthError("invalid_request", f"The body must be {_FORM} or {_JSON}.")
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise OAuthError("invalid_request", "A parameter is given more than once.")
    return {name: value for name, value in pairs if isinstance(value, str) and value}


def required(fields: dict[str, str], name: str) -> str:
    """Return a field; raise OAuthError(invalid_request) if it is missing."""
    if name not in fields:
        raise OAuthError("invalid_request", f"Missing required parameter: {name}")
    return fields[name]


def _json_pairs(body: bytes) -> list[tuple[str, Any]]:
    # Objects become tuples of pairs, because a dict would hide a repeated name; lists stay lists.
    try:
        pairs = json.loads(body, object_pairs_hook=tuple)
    except (ValueError, RecursionError) as error:
        raise OAuthError("invalid_request", "The body is not JSON.") from error
    if not isinstance(pairs, tuple):
        raise OAuthError("invalid_request", "The body is not a JSON object.")
    return list(pairs)
