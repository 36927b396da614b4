"""Holds docs/pipeline-comments.md against what the jobs write."""

from scripts.tools import ROOT

_PAGE = ROOT / "docs" / "pipeline-comments.md"


def require_shown(section: str, text: str) -> None:
    """Fail unless the page has this section, and each line that it quotes begins a line of the text."""
    body = _PAGE.read_text(encoding="utf-8").partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    quoted = [line[2:] for line in body.splitlines() if line.startswith("> ")]
    assert quoted, f"{_PAGE.name} shows it"
    written = text.splitlines()
    assert [line for line in quoted if not any(each.startswith(line) for each in written)] == []
