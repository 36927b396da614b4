"""Tables and folded parts of GitHub's Markdown."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, centred_from: int | None = None) -> str:
    """Return a table; columns from index `centred_from` on are centred. A `|` in a cell is escaped."""
    first_centred = len(headings) if centred_from is None else centred_from
    rule = [":---:" if column >= first_centred else "---" for column in range(len(headings))]
    return "\n".join(map(_row, [headings, rule, *rows]))


def folded(summary: str, content: str) -> str:
    """Return content that a reader unfolds by its summary, a plain text."""
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
