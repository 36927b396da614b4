"""The kill switch: the revocation list, from the function's own configuration. Pure.

The list is present before the first decision and needs no network, so no outage of a store can disable it. Only
`make revoke` writes it. If it is damaged, the authorizer refuses when in doubt, and `problem` says so.
"""

import json
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

KINDS = ("sub", "client", "kid", "jti")
"""The kinds of revocation: a user by the keyed hash of `sub`, an application, a signing key, one token."""

FOREVER = 253_402_300_799
"""The end of an entry whose end cannot be read: the last second of the year 9999, the latest that can be shown."""

_SUBJECT_HASH = re.compile(r"[0-9a-f]{32}")  # the form that subjects.subject_hasher makes
_NAMES = re.compile(rf'"((?:{"|".join(KINDS)}):[^"\\]+)"')


class Revocations(NamedTuple):
    """The entries of a list, and its problem, if any."""

    until: Mapping[str, float]  # from "<kind>:<value>" to the Unix time (seconds) at which the entry ends
    problem: str | None  # why the list could not be read in full, without any of its values; or None

    def match(
        self, *, subject_hash: str, client_id: str | None, key_id: str | None, token_id: str | None, now: float
    ) -> str | None:
        """Return the kind of the entry that revokes a token at `now` (Unix time, seconds), or None.

        `subject_hash` is the keyed hash of `sub`, as in the log; the others are the token's own `azp` or `client_id`,
        `kid` and `jti`, or None if the token lacks them.
        """
        if not self.until:
            return None
        for kind, value in zip(KINDS, (subject_hash, client_id, key_id, token_id), strict=True):
            if value is not None and now < self.until.get(f"{kind}:{value}", -math.inf):
                return kind
        return None


def parse(text: str | None) -> Revocations:
    """Read the setting REVOCATIONS, JSON: `{"<kind>:<value>": <Unix time>}`; None or "" is an empty list.

    This never raises, so a broken list does not refuse good tokens. If an entry's name can be read but its end cannot,
    also in a truncated list, the entry revokes forever. An entry that no token can match is a problem too.
    """
    if not text:
        return Revocations(MappingProxyType({}), None)
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        named = dict.fromkeys(_NAMES.findall(text), FOREVER)
        kept = f"; the {len(named)} entries that can be read in it revoke for ever" if named else ""
        return Revocations(MappingProxyType(named), f"REVOCATIONS is no JSON object{kept}")
    readable = {name: until if _is_end(until) else FOREVER for name, until in entries.items() if _is_name(name)}
    wrong = sum(not (_is_end(until) and _can_match(name)) for name, until in entries.items())
    problem = f"REVOCATIONS has {wrong} unreadable of {len(entries)} entries" if wrong else None
    return Revocations(MappingProxyType(readable), problem)


def _is_name(name: str) -> bool:
    kind, _, value = name.partition(":")
    return kind in KINDS and value != ""


def _can_match(name: str) -> bool:
    """Return whether a token can exist that an entry of this name revokes."""
    kind, _, value = name.partition(":")
    return _is_name(name) and value == value.strip() and (kind != "sub" or _SUBJECT_HASH.fullmatch(value) is not None)


def _is_end(until: object) -> bool:
    # type(), because for isinstance True is an int; the comparison is false for NaN and for infinity.
    return type(until) in (int, float) and 0 <= until <= FOREVER  # type: ignore[operator]
