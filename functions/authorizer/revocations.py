"""The kill switch: what an operator has revoked, as it stands in the function's own configuration. Pure.

The list is there before the first decision and needs no network, so no store can be down when it is asked. It only ever
denies: a list that cannot be read revokes nothing, and says so in `problem`.
"""

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

KINDS = ("sub", "client", "kid", "jti")
"""What can be revoked: a user by the keyed hash of `sub`, an application, a signing key, one token."""

_LAST_DATE = 253_402_300_800  # the year 10000: everything before it can be shown to a person


class Revocations(NamedTuple):
    """The entries of a list, and what was wrong with it."""

    until: Mapping[str, float]  # "<kind>:<value>" to the Unix time, in seconds, from which the entry matches nothing
    problem: str | None  # what in the list could not be read, without any of its values; None when all could

    def match(
        self, *, subject_hash: str, client_id: str | None, key_id: str | None, token_id: str | None, now: float
    ) -> str | None:
        """Return which kind of entry revokes a token at `now` (Unix time, seconds), or None.

        `subject_hash` is the keyed hash that stands for `sub` in the log; the others are the token's own `azp` or
        `client_id`, `kid` and `jti`, each None when the token has none.
        """
        if not self.until:
            return None
        for kind, value in zip(KINDS, (subject_hash, client_id, key_id, token_id), strict=True):
            if value is not None and now < self.until.get(f"{kind}:{value}", -math.inf):
                return kind
        return None


def parse(text: str | None) -> Revocations:
    """Read the setting REVOCATIONS, JSON: `{"<kind>:<value>": <Unix time>}`; None or "" is an empty list.

    Never raises: good tokens are not refused because this list is broken. An entry that cannot be read takes none of
    the others with it.
    """
    if not text:
        return Revocations(MappingProxyType({}), None)
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict):
        return Revocations(MappingProxyType({}), "REVOCATIONS is no JSON object")
    readable = {name: until for name, until in entries.items() if _is_entry(name, until)}
    unreadable = len(entries) - len(readable)
    problem = f"REVOCATIONS has {unreadable} unreadable of {len(entries)} entries" if unreadable else None
    return Revocations(MappingProxyType(readable), problem)


def _is_entry(name: str, until: object) -> bool:
    kind, _, value = name.partition(":")
    # type(), because True is an int to isinstance; the comparison is false for NaN and for what never ends.
    return kind in KINDS and value != "" and type(until) in (int, float) and 0 <= until < _LAST_DATE  # type: ignore[operator]
