"""The fingerprints of a plan's changes: equal for two plans that do the same, made at any time and place.

They leave out mere consequences of other changes, such as versions, hashes of the code and identifiers
(scripts/review/plan/meaning.py): reviewers read the code itself. They also leave out sensitive values, so that nobody
can guess a value by its fingerprint.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from scripts.review.plan.changes import KNOWN_LATER, SENSITIVE, Change, Plan
from scripts.review.plan.meaning import is_identifier, is_noise, passes

_DIGITS = 16  # hexadecimal


def fingerprints(plan: Plan) -> dict[str, Any]:
    """Return an object for programs: `environment`, `fingerprint` of the whole plan, and `changes`.

    Each change has its `fingerprint`, its `address` and its `action`.
    """
    changes = [
        {"fingerprint": _digest(_meaning(change)), "address": change.address, "action": change.action}
        for change in sorted(_changes(plan), key=lambda each: each.address)
    ]
    whole = _digest([change["fingerprint"] for change in changes])
    return {"environment": plan.environment, "fingerprint": whole, "changes": changes}


def _changes(plan: Plan) -> Iterator[Change]:
    for change in plan.changes:
        if (change.action not in {"no-op", "read"} and not is_noise(change)) or change.is_taken_over:
            yield change


def _meaning(change: Change) -> list[Any]:
    attributes = [] if change.action in {"delete", "forget"} else [*_attributes(change)]
    return [change.address, change.action, change.is_taken_over, attributes]


def _attributes(change: Change) -> Iterator[list[Any]]:
    for each in change.attributes:
        if is_identifier(each.path) or passes(change, each.path):
            continue
        if each.is_sensitive:
            yield [each.path, SENSITIVE]
        else:
            yield [each.path, each.before, KNOWN_LATER if each.is_known_later else each.after]


def _digest(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]
