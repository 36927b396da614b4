"""The opaque marker of the end of a page.

It has a checksum, not a signature: a cursor holds no secret, and a forged one only names another starting place in a
list that the caller may read whole. With the checksum, a damaged or foreign cursor gets 400 instead of an arbitrary
page.
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
    # Base64 has several spellings for the same bytes; accept only our own.
    if checksum != _checksum(api, identifier) or encode(api, last_id) != cursor:
        raise _refusal()
    return last_id


def _checksum(api: str, identifier: bytes) -> bytes:
    return hashlib.sha256(api.encode() + b"\0" + identifier).digest()[:_CHECKSUM_BYTES]


def _refusal() -> InvalidRequestError:
    return InvalidRequestError("The parameter cursor must be the next_cursor of a page of this list.")
