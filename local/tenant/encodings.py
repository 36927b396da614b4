"""The text forms of several packages: base64url and timestamps."""

import base64
import datetime


def base64url(value: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def timestamp(seconds: float | None = None, timespec: str = "milliseconds") -> str:
    """Return a time, by default now, in Auth0's form (RFC 3339, UTC): `2026-11-29T16:00:00.000Z`.

    `seconds`: since 1970. `timespec`: the precision, as for `datetime.isoformat`.
    """
    moment = datetime.datetime.now(datetime.UTC)
    if seconds is not None:
        moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")
