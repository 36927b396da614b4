"""Writes a comparison of decisions: Markdown for people, plain objects for programs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scripts.review.acceptance import accept
from scripts.review.decisions.comparison import Comparison, Row, ScopeSets
from scripts.review.markdown import folded, table

_ORDER = {"opened": 0, "changed": 1, "closed": 2}


def as_document(base: str, comparison: Comparison) -> dict[str, Any]:
    """Return the comparison for programs: `base`, `rows` and `unexplained`, with the members of Row and Stray.

    A row that opens something has `accept`: the line that accepts it in a pull request's description.
    """
    return {
        "base": base,
        "rows": [asdict(row) | {"accept": acceptance(row)} for row in comparison.rows],
        "unexplained": [asdict(stray) for stray in comparison.strays],
    }


def as_markdown(base: str, comparison: Comparison, accepted: frozenset[str] = frozenset()) -> str:
    """Return the comparison as Markdown: the unexplained requests, then each change, then the folded rest.

    `accepted` holds the lines that a person has given; the report lists them apart from the missing ones.
    """
    changed = sorted((row for row in comparison.rows if row.change != "unchanged"), key=lambda row: _ORDER[row.change])
    same = [row for row in comparison.rows if row.change == "unchanged"]
    parts = ["## Who can call what", _summary(base, changed)]
    if comparison.strays:
        parts.append("**A policy opens requests that no operation explains:**")
        parts.append(
            table(
                ["API", "caller", "for example"],
                ([stray.api, stray.caller, f"`{stray.example}`"] for stray in comparison.strays),
            )
        )
    if changed:
        parts.append(
            table(
                ["operation", "caller", "change", "scopes that open it, before", "after", "for example"],
                (
                    [
                        f"`{row.operation}`",
                        row.caller,
                        f"**{row.change}**",
                        _sets(row.before),
                        _sets(row.after),
                        _examples(row),
                    ]
                    for row in changed
                ),
            )
        )
    lines = [line for row in changed if (line := acceptance(row))]
    for heading, listed in (
        (
            "To accept what is opened, put these lines into the pull request's description:",
            [line for line in lines if line not in accepted],
        ),
        ("The pull request's description accepts:", [line for line in lines if line in accepted]),
    ):
        if listed:
            parts += [heading, "\n".join(["```text", *listed, "```"])]
    if same:
        rows = ([f"`{row.operation}`", row.caller, _sets(row.after)] for row in same)
        parts.append(folded(f"{len(same)} unchanged", table(["operation", "caller", "scopes that open it"], rows)))
    return "\n\n".join(parts)


def acceptance(row: Row) -> str | None:
    """Return the line that accepts a row, with operation and caller; None if the row opens nothing."""
    return accept(f"{row.operation} for {row.caller}") if row.opened_example else None


def _summary(base: str, changed: Iterable[Row]) -> str:
    counts: Counter[str] = Counter(row.change for row in changed)
    if not counts:
        return f"Nothing changes, compared with {base}: no operation opens or closes for anybody."
    listed = ", ".join(f"{counts[change]} {change}" for change in _ORDER if counts[change])
    return f"Compared with {base}: {listed}. The packaged authorizers of both commits decided; all paths were compared."


def _sets(sets: ScopeSets) -> str:
    if not sets:
        return "none: closed"
    return " or ".join(" and ".join(f"`{scope}`" for scope in each) or "no scope at all" for each in sets)


def _examples(row: Row) -> str:
    found = (("opens", row.opened_example), ("closes", row.closed_example))
    return "; ".join(f"{verb} `{example}`" for verb, example in found if example is not None)
