"""Reads the request headers that make writes safe to repeat and to share, and writes the answers' ETag.

`Idempotency-Key`: draft-ietf-httpapi-idempotency-key-header-07. `If-Match` and `ETag`: RFC 9110 §13.1.1 and §8.8.3.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from table_api.document import IDEMPOTENCY_KEY, IF_MATCH
from table_api.errors import InvalidRequestError

ANY = "*"
"""The If-Match value that any existing item meets."""

_KEY = re.compile(r'"([ !#-\[\]-~]{1,255})"')  # a string of RFC 9651 without escapes
_ENTITY_TAG = re.compile(r'\*|"([!#-~]{1,64})"')


def idempotency_key(event: Mapping[str, Any]) -> str:
    """Return the key between the header's quotation marks; raises InvalidRequestError if there is none."""
    text = _only(event, IDEMPOTENCY_KEY)
    match = _KEY.fullmatch(text) if text is not None else None
    if match is None:
        raise InvalidRequestError(
            f"Send the header {IDEMPOTENCY_KEY} with a text of your own in double quotes, at most 255 characters of "
            "ASCII, a UUID for one. A repeat of the request sends the same text."
        )
    return match[1]


def if_match(event: Mapping[str, Any]) -> str | None:
    """Return the version that the caller read, ANY for `*`, or None without the header; raises InvalidRequestError."""
    text = _only(event, IF_MATCH)
    if text is None:
        return None
    match = _ENTITY_TAG.fullmatch(text)
    if match is None:
        raise InvalidRequestError(f"The header {IF_MATCH} holds the ETag of one answer, quotes included, or *.")
    return match[1] or ANY


def entity_tag(version: str) -> dict[str, str]:
    """Return the ETag header for an item of this version."""
    return {"ETag": f'"{version}"'}


def header_values(event: Mapping[str, Any], name: str) -> list[str]:
    """Return the values of a request header; clients may write its name in any case (RFC 9110 §5.1)."""
    headers: Mapping[str, Sequence[str]] = event.get("multiValueHeaders") or {}
    return [value for header, given in headers.items() if header.lower() == name.lower() for value in given]


def _only(event: Mapping[str, Any], name: str) -> str | None:
    """Return the header's value, None without the header."""
    values = header_values(event, name)
    if len(values) > 1:
        raise InvalidRequestError(f"The header {name} is repeated; send it once.")
    return values[0].strip() if values else None
