"""The opaque mark of where a page ended.

It carries a checksum, not a signature: a cursor holds no secret, and a made-up one only names another starting place in
a list that the caller may read whole. The checksum is there to answer a damaged or foreign cursor with 400 and not with
a page from nowhere.
"""

import base64
import binascii
import hashlib

from table_api.errors import InvalidRequestError

_CHECKSUM_BYTES = 8


def encode(api: str, last_id: str) -> str:
    """Return the cursor of the page that ended with this item."""
    identifier = last_id.encode()
    return base64.urlsafe_b64encode(_checksum(api, identifier) + identifier).decode().rstrip("=")


def decode(api: str, cursor: str) -> str:
    """Return the id that `encode` was given; raises InvalidRequestError for anything that `encode` did not return."""
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        checksum, identifier = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        last_id = identifier.decode()
    except (binascii.Error, ValueError) as error:
        raise _refusal() from error
    # Base64 has several spellings for the same bytes; only our own counts.
    if checksum != _checksum(api, identifier) or encode(api, last_id) != cursor:
        raise _refusal()
    return last_id


def _checksum(api: str, identifier: bytes) -> bytes:
    return hashlib.sha256(api.encode() + b"\0" + identifier).digest()[:_CHECKSUM_BYTES]


def _refusal() -> InvalidRequestError:
    return InvalidRequestError("The parameter cursor must be the next_cursor of a page of this list.")
