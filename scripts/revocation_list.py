"""The revocation list: its entries, how long they last, and their serialisation. Pure functions."""

import json
import math
from collections.abc import Mapping
from datetime import datetime

from authorizer import revocations
from scripts.console import columns
from scripts.errors import UserError

type Entries = Mapping[str, float]
"""The authorizer's setting REVOCATIONS: maps "<kind>:<value>" to the Unix time (seconds) at which the entry ends."""

SETTING = "REVOCATIONS"
ENVIRONMENT_LIMIT = 4_096
"""The most bytes that a function's environment variables may take, as JSON (Lambda Developer Guide, "Quotas")."""

DEFAULT_HOURS = {"sub": 24, "client": 24, "jti": 24, "kid": 30 * 24}
"""How long an entry has to last, by kind.

No access token lives longer than a day: module auth0 sets an hour, and Auth0's default is a day. A stolen signing key,
however, makes tokens with any lifetime. Its entry has to last until the key is removed from the tenant and from the
authorizer's configuration.
"""

LONGEST_HOURS = 366 * 24
_LONGEST_VALUE = 255  # characters; Auth0's values of all four kinds are shorter
_MINUTE, _HOUR = 60, 3_600


def read(text: str | None, now: float) -> tuple[Entries, str | None]:
    """Return the entries that have not ended at `now`, and the problem with an unreadable entry, or None."""
    found = revocations.parse(text)
    return {name: until for name, until in found.until.items() if until > now}, found.problem


def write(entries: Entries) -> str:
    """Return the list in the form that the authorizer reads."""
    return json.dumps({name: round(until) for name, until in sorted(entries.items())}, separators=(",", ":"))


def named(kind: str, value: str) -> str:
    """Return an entry's name.

    Raises:
        UserError: no token can carry this value.
    """
    if not 0 < len(value) <= _LONGEST_VALUE or not value.isprintable() or value != value.strip():
        raise UserError(
            f"this cannot be a value for {kind}: give 1 to {_LONGEST_VALUE} printable characters, as in the token."
        )
    return f"{kind}:{value}"


def end(kind: str, hours: str | None, now: float) -> float:
    """Return when an entry made at `now` ends: after `hours`, or else after its kind's time, to the full minute.

    Raises:
        UserError: `hours` is not a number in range.
    """
    try:
        lasting = float(hours) if hours else DEFAULT_HOURS[kind]
    except ValueError:
        lasting = math.nan
    if not 0 < lasting <= LONGEST_HOURS:
        raise UserError(f"HOURS={hours} is not a duration; give a number above 0, at most {LONGEST_HOURS}.")
    return math.ceil((now + lasting * _HOUR) / _MINUTE) * float(_MINUTE)


def require_matching(kind: str, settings: Mapping[str, str]) -> None:
    """Check, by the authorizer's settings, that tokens carry the claim or header that this kind of entry names.

    Raises:
        UserError: the tenant signs with HS256, whose one secret has no `kid`.
    """
    if kind == "kid" and settings.get("SIGNING_ALGORITHM") == "HS256":
        raise UserError(
            "the tenant signs with HS256, whose secret has no KID: the entry would refuse nobody. Change the "
            "secret, at Auth0 and here, to end every token that it signed."
        )


def require_room(variables: Mapping[str, str]) -> None:
    """Check that a function's environment variables fit.

    Raises:
        UserError: they do not fit; the text says what to do instead.
    """
    size = len(json.dumps(dict(variables), separators=(",", ":")).encode())
    if size > ENVIRONMENT_LIMIT:
        raise UserError(
            f"the list is full: with this entry the authorizer's environment takes {size} of Lambda's "
            f"{ENVIRONMENT_LIMIT} bytes. Block the user at Auth0 and let the token expire, revoke the CLIENT or the "
            "KID that many have in common, rotate the signing key, or take an entry back (LIST=1 shows them)."
        )


def table(entries: Entries, now: float) -> str:
    """Return the list for people: kind, value, end in local time, and time left from `now`."""
    rows = [("kind", "value", "ends", "left")]
    for name, until in sorted(entries.items(), key=lambda entry: entry[1]):
        kind, _, value = name.partition(":")
        ends = datetime.fromtimestamp(until).astimezone().strftime("%Y-%m-%d %H:%M %Z")
        rows.append((kind, value, ends, duration(until - now)))
    return "\n".join(columns(rows))


def duration(seconds: float) -> str:
    """Return a time span for people, rounded up to a minute: `1 d 2 h 3 min`."""
    hours, minutes = divmod(math.ceil(seconds / _MINUTE), _MINUTE)
    days, hours = divmod(hours, 24)
    return " ".join(f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count)
