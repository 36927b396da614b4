"""Reads SINCE: how far back to read the logs of an environment."""

import re
from datetime import datetime, timedelta

from scripts.errors import UserError

_SPAN = re.compile(r"(?P<count>[1-9][0-9]{0,4})(?P<unit>[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")


def since(text: str, now: datetime) -> datetime:
    """Read SINCE: a span (`15m`, `2h`, `1d`), a time of today (`10:00`), or a date and time in ISO 8601.

    `now` carries the time zone of times that name none.

    Raises:
        UserError: the text is none of these, or lies in the future.
    """
    wrong = UserError(f"SINCE={text} is not a time in the past; write 15m, 2h, 1d, 10:00 or 2026-11-29T10:00.")
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_UNITS[span["unit"]]: int(span["count"])})
    try:
        if _CLOCK.fullmatch(text):
            hour, minute = map(int, text.split(":"))
            begun = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        else:
            begun = datetime.fromisoformat(text)
            begun = begun if begun.tzinfo else begun.replace(tzinfo=now.tzinfo)
    except ValueError:
        raise wrong from None
    if begun > now:
        raise wrong
    return begun
