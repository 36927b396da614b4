"""The list of what is revoked: what an entry says, for how long, and how the list is written down. Pure."""

import json
import math
from collections.abc import Mapping
from datetime import datetime

from authorizer import revocations
from scripts.errors import UserError

type Entries = Mapping[str, float]
"""What the authorizer's setting REVOCATIONS holds: "<kind>:<value>" to the Unix time of its end, in seconds."""

SETTING = "REVOCATIONS"
ENVIRONMENT_LIMIT = 4_096
"""Bytes that all environment variables of a function may take, as JSON (Lambda Developer Guide, "Lambda quotas")."""

DEFAULT_HOURS = {"sub": 24, "client": 24, "jti": 24, "kid": 30 * 24}
"""How long an entry is needed, by kind.

No access token lives longer than a day: module auth0 gives it an hour, Auth0's own default is a day. Who holds a stolen
signing key, though, makes tokens of any life: that entry has to last until the key is gone from the tenant and from the
authorizer's configuration.
"""

LONGEST_HOURS = 366 * 24
_LONGEST_VALUE = 255  # characters; what Auth0 names by any of the four is shorter
_MINUTE, _HOUR = 60, 3_600


def read(text: str | None, now: float) -> tuple[Entries, str | None]:
    """Return the entries of a list that have not ended at `now`, and what in it could not be read, if anything."""
    found = revocations.parse(text)
    return {name: until for name, until in found.until.items() if until > now}, found.problem


def write(entries: Entries) -> str:
    """Return the list as the authorizer reads it."""
    return json.dumps({name: round(until) for name, until in sorted(entries.items())}, separators=(",", ":"))


def named(kind: str, value: str) -> str:
    """Return an entry's name.

    Raises:
        UserError: no token can carry this value.
    """
    if not 0 < len(value) <= _LONGEST_VALUE or not value.isprintable() or value != value.strip():
        raise UserError(
            f"this is no value of {kind}: give 1 to {_LONGEST_VALUE} printable characters, as in the token."
        )
    return f"{kind}:{value}"


def end(kind: str, hours: str | None, now: float) -> float:
    """Return when an entry made at `now` ends: after `hours`, or after as long as its kind needs, to the full minute.

    Raises:
        UserError: `hours` is no such number.
    """
    try:
        lasting = float(hours) if hours else DEFAULT_HOURS[kind]
    except ValueError:
        lasting = math.nan
    if not 0 < lasting <= LONGEST_HOURS:
        raise UserError(f"HOURS={hours} is no duration; give a number above 0, at most {LONGEST_HOURS}.")
    return math.ceil((now + lasting * _HOUR) / _MINUTE) * float(_MINUTE)


def require_matching(kind: str, settings: Mapping[str, str]) -> None:
    """Check that a token can carry what an entry of this kind names, by the authorizer's settings.

    Raises:
        UserError: the tenant signs with HS256, whose one secret has no `kid`.
    """
    if kind == "kid" and settings.get("SIGNING_ALGORITHM") == "HS256":
        raise UserError(
            "the tenant signs with HS256, whose one secret has no KID: the entry would refuse nobody. Change the "
            "secret, at Auth0 and here, to end every token that it signed."
        )


def require_room(variables: Mapping[str, str]) -> None:
    """Check that a function's environment variables fit.

    Raises:
        UserError: they do not; the text says what to do instead.
    """
    size = len(json.dumps(dict(variables), separators=(",", ":")).encode())
    if size > ENVIRONMENT_LIMIT:
        raise UserError(
            f"the list is full: with this entry the authorizer's environment takes {size} of Lambda's "
            f"{ENVIRONMENT_LIMIT} bytes. Block the user at Auth0 and let the token run out, revoke the CLIENT or the "
            "KID that many have in common, rotate the signing key, or take an entry back (LIST=1 shows them)."
        )


def table(entries: Entries, now: float) -> str:
    """Return the list for people: kind, value, when it ends by the local clock, and how long that is from `now`."""
    rows = [("kind", "value", "ends", "left")]
    for name, until in sorted(entries.items(), key=lambda entry: entry[1]):
        kind, _, value = name.partition(":")
        ends = datetime.fromtimestamp(until).astimezone().strftime("%Y-%m-%d %H:%M %Z")
        rows.append((kind, value, ends, duration(until - now)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def duration(seconds: float) -> str:
    """Return a time span for people, to the minute it has begun: `1 d 2 h 3 min`."""
    hours, minutes = divmod(math.ceil(seconds / _MINUTE), _MINUTE)
    days, hours = divmod(hours, 24)
    return " ".join(f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count)
