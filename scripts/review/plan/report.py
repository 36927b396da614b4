"""Writes a plan as Markdown: losses and broken rules first, then security, then the folded rest."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scripts.review.markdown import folded, table
from scripts.review.plan.changes import KNOWN_LATER, SENSITIVE, Attribute, Change, Plan
from scripts.review.plan.meaning import guards, is_identifier, is_noise, lost
from scripts.review.plan.rules import Finding

LIMIT = 65_536
"""The most characters that GitHub accepts in a comment."""

_VALUE = 120  # the most characters of a value that are shown
_CONTEXT = 20  # characters around a difference in a long text
_WORDS = {
    "create": "created",
    "update": "changed",
    "replace": "replaced",
    "delete": "destroyed",
    "forget": "forgotten",
    "import": "taken over",
}
_GUARD = re.compile(r"body\.paths\..+\.security")
_PUBLIC = "**public**: no authorizer"
_QUIET = frozenset({"no-op", "read"})


@dataclass(frozen=True)
class _Section:
    heading: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    folded: bool = False


def report(plan: Plan, findings: Sequence[Finding], accepted: frozenset[str] = frozenset(), limit: int = LIMIT) -> str:
    """Return the report in at most `limit` characters; it says how many rows it omits, and where to read them.

    `accepted` holds the lines `accept: <rule> <address>` that a person has given.
    """
    changes = [each for each in plan.changes if each.action not in _QUIET or each.is_taken_over]
    head = [f"## Plan of {plan.environment}", _summary(changes)]
    open_ones = [each for each in findings if each.is_violation and each.acceptance not in accepted]
    if open_ones:
        count = f"{len(open_ones)} broken rule{'s are' if len(open_ones) > 1 else ' is'} not accepted"
        head.append(
            f"**{count}**: the first table says what is at stake. To accept one, put its line into the pull request's "
            "description:"
        )
        head.append("\n".join(["```text", *(each.acceptance for each in open_ones), "```"]))
    sections = [each for each in _sections(plan, changes, findings, accepted) if each.rows]
    noise = Counter(each.type for each in changes if is_noise(each))
    tail = [f"Noise: {', '.join(f'{count} {kind}' for kind, count in sorted(noise.items()))}."] if noise else []
    return _fitted(plan, head, sections, tail, limit)


def _summary(changes: Sequence[Change]) -> str:
    counts: Counter[str] = Counter(each.action for each in changes)
    if not counts:
        return "Nothing changes: everything is as declared."
    counts["import"] = sum(each.is_taken_over for each in changes)
    return ", ".join(f"{counts[action]} {word}" for action, word in sorted(_WORDS.items()) if counts[action]) + "."


def _sections(
    plan: Plan, changes: Sequence[Change], findings: Sequence[Finding], accepted: frozenset[str]
) -> Iterator[_Section]:
    violations = [each for each in findings if each.is_violation]
    yield _Section(
        "Rules that the plan breaks",
        ("rule", "resource", "why", ""),
        [
            [each.rule, f"`{each.address}`", each.sentence, "accepted" if each.acceptance in accepted else "**open**"]
            for each in violations
        ],
    )
    yield _Section(
        "Destroyed and replaced",
        ("resource", "", "lost", "because of"),
        [
            [f"`{each.address}`", f"**{_WORDS[each.action]}**", lost(each), _reasons(each)]
            for each in sorted(changes, key=lambda each: (each.action != "delete", each.address))
            if each.destroys and not is_noise(each)
        ],
    )
    rest: list[list[str]] = []
    by_module: dict[str, list[list[str]]] = {}
    created: dict[str, list[list[str]]] = {}
    for change in changes:
        if is_noise(change):
            continue
        guarding = [each for each in change.attributes if guards(change, each.path)]
        if change.action == "create":
            created.setdefault(change.module, [[], []])[not guarding].append(f"`{_inside(change)}`")
            continue
        of_module = by_module.setdefault(change.module, [])
        if change.is_taken_over:
            of_module.append([f"`{_inside(change)}`", "**taken over**: Terraform did not manage it before", "", ""])
        of_module += _attribute_rows(plan, change, guarding)
        others = [each for each in change.attributes if each not in guarding]
        rest += [[f"`{change.address}`", *row[1:]] for row in _attribute_rows(plan, change, others)]
    for module, rows in sorted(by_module.items()):
        yield _Section(f"Security: {_named(module)}", ("resource", "attribute", "before", "after"), rows)
    yield _Section(
        "Created",
        ("module", "touches security", "other"),
        [[_named(module), ", ".join(guards_), ", ".join(others)] for module, (guards_, others) in created.items()],
    )
    yield _Section("The rest", ("resource", "attribute", "before", "after"), rest, folded=True)
    unjudged = [each for each in findings if not each.is_violation]
    yield _Section(
        "Not judged, because the plan does not know it yet",
        ("rule", "resource"),
        [[each.rule, f"`{each.address}`"] for each in unjudged],
        folded=True,
    )


def _attribute_rows(plan: Plan, change: Change, attributes: Iterable[Attribute]) -> Iterator[list[str]]:
    for each in attributes:
        if is_identifier(each.path):
            continue
        if each.is_sensitive:
            before = after = SENSITIVE
        else:
            words = (
                ("removed ", "added ") if isinstance(each.before, list) and isinstance(each.after, list) else ("", "")
            )
            sides = (_shown(side, plan) for side in _differing(each.before, each.after))
            before, after = (word + shown if shown else "" for word, shown in zip(words, sides, strict=True))
            if _GUARD.fullmatch(each.path):  # of an operation that exists before and after
                before, after = (before if each.before else _PUBLIC), (after if each.after else _PUBLIC)
        yield [f"`{_inside(change)}`", f"`{each.path}`", before, KNOWN_LATER if each.is_known_later else after]


def _reasons(change: Change) -> str:
    if change.action != "replace":
        return "it is no longer declared"
    forcing = [each.path for each in change.attributes if each.forces_replacement]
    return ", ".join(f"`{path}`" for path in forcing) or "its replacement was asked for"


def _inside(change: Change) -> str:
    return change.address.removeprefix(f"{change.module}.") if change.module else change.address


def _named(module: str) -> str:
    return f"`{module}`" if module else "the root"


def _differing(before: object, after: object) -> tuple[object, object]:
    """Return the items that only one of two lists has, or the parts that differ between two long texts."""
    if isinstance(before, list) and isinstance(after, list):
        removed = [each for each in before if each not in after]
        added = [each for each in after if each not in before]
        return (removed or None, added or None) if removed or added else (before, after)
    if isinstance(before, str) and isinstance(after, str) and before and max(len(before), len(after)) > _VALUE:
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        context = max(0, start - _CONTEXT)
        one, other = (f"… {text[context : len(text) - max(0, end - _CONTEXT)]} …" for text in (before, after))
        return one, other
    return before, after


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts share at their start."""
    differing = (place for place, (first, second) in enumerate(zip(one, other, strict=False)) if first != second)
    return next(differing, min(len(one), len(other)))


def _shown(value: object, plan: Plan) -> str:
    """Return a value in one short line, without any text that the plan marks as sensitive elsewhere."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    if any(secret in text for secret in plan.secrets):
        return SENSITIVE
    line = " ".join(text.split()).replace("`", "'")
    if len(line) > _VALUE:
        return f"`{line[:_VALUE]}` … ({len(text):,} characters)"
    return f"`{line}`" if line else ""


def _fitted(plan: Plan, head: Sequence[str], sections: Sequence[_Section], tail: Sequence[str], limit: int) -> str:
    """Join the parts; if they are too long, drop rows from the end of the last sections."""
    kept = [len(each.rows) for each in sections]
    while True:
        parts = [*head]
        left_out = 0
        for section, count in zip(sections, kept, strict=True):
            left_out += len(section.rows) - count
            if count:
                parts.append(_written(section, count))
        if left_out:
            parts.append(
                f"**{left_out} rows are left out here, because a comment has a limit.** `make plan-report "
                f"ENV={plan.environment} LIMIT=0` prints them all."
            )
        text = "\n\n".join([*parts, *tail])
        if not limit or len(text) <= limit or not any(kept):
            return text if not limit else text[:limit]
        over = len(text) - limit
        last = max(place for place, count in enumerate(kept) if count)
        average = max(1, len(_written(sections[last], kept[last])) // max(1, kept[last]))
        kept[last] = max(0, kept[last] - max(1, over // average))


def _written(section: _Section, count: int) -> str:
    content = table(section.columns, section.rows[:count])
    if section.folded:
        return folded(f"{section.heading}: {len(section.rows)}", content)
    return f"### {section.heading}\n\n{content}"
