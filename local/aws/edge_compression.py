"""CloudFront compresses: Developer Guide, "Serve compressed files". ministack does not.

The conditions are the guide's. CloudFront's compression levels are not documented. These are the usual ones for dynamic
answers, so the sizes here are close to CloudFront's, but not equal.
"""

import zlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import brotli
from ministack.services import cloudfront

from local.aws import edge_cache
from local.aws.private_names import OriginReply, wrap

_TYPES = frozenset(
    {
        *("application/javascript", "application/json", "application/rss+xml", "application/xhtml+xml"),
        *("application/xml", "font/otf", "font/ttf", "image/svg+xml", "text/css", "text/csv", "text/html"),
        *("text/javascript", "text/plain", "text/tab-separated-values", "text/xml"),
    }
)
"""The types of the guide's list that sites use today, without its old spellings and old fonts."""

_SMALLEST, _LARGEST = 1_000, 10_000_000  # bytes
_STATUSES = frozenset({200, 403, 404})
_BROTLI_LEVEL, _GZIP_LEVEL = 5, 6
_GZIP_FORMAT = zlib.MAX_WBITS | 16


async def fetch_from_origin(
    original: Callable[..., Awaitable[OriginReply]],
    origin: dict[str, Any],
    method: str,
    uri: str,
    query: str,
    headers: dict[str, str],
    *rest: object,
) -> OriginReply:
    """Return the answer, cached or new, in the best encoding that viewer, behaviour and policy allow."""
    status, reason, answered, body = await original(origin, method, uri, query, headers, *rest)
    here = edge_cache.visit.get()
    encoding = here and _encoding(here)
    if encoding and _compressible(status, answered, body):
        compressed = _compress(encoding, body)
        answered = {**answered, "content-encoding": encoding, "vary": "Accept-Encoding"}
        answered["content-length"] = str(len(compressed))
        tag = str(answered.pop("etag", ""))
        if tag.startswith(('"', "W/")):
            answered["etag"] = tag if tag.startswith("W/") else f"W/{tag}"
        return status, reason, answered, compressed
    return status, reason, answered, body


def _encoding(here: edge_cache.Visit) -> str | None:
    parameters = here.policy.get("Parameters") or {}
    if not here.behavior.get("compress"):
        return None
    if "br" in here.accepts and parameters.get("EnableAcceptEncodingBrotli"):
        return "br"
    return "gzip" if "gzip" in here.accepts and parameters.get("EnableAcceptEncodingGzip") else None


def _compressible(status: int, headers: dict[str, Any], body: bytes) -> bool:
    media_type = str(headers.get("content-type", "")).partition(";")[0].strip().lower()
    fits = _SMALLEST <= len(body) <= _LARGEST and "content-length" in headers
    return status in _STATUSES and fits and media_type in _TYPES and "content-encoding" not in headers


@lru_cache(maxsize=200)
def _compress(encoding: str, body: bytes) -> bytes:
    if encoding == "br":
        compressed: bytes = brotli.compress(body, quality=_BROTLI_LEVEL)
        return compressed
    return zlib.compress(body, _GZIP_LEVEL, _GZIP_FORMAT)


def install() -> None:
    """Put the compression between ministack's viewers and the cache."""
    wrap(cloudfront, "_fetch_from_origin", fetch_from_origin)
