"""The decision records: each has its own number, by which other documents name it."""

from scripts.tools import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_the_records_are_numbered_without_a_gap_or_a_number_twice() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_a_records_first_line_begins_with_its_number() -> None:
    wrong = {
        record.name: line
        for record in RECORDS
        if not (line := record.read_text(encoding="utf-8").splitlines()[0]).startswith(f"# {int(record.name[:4])}. ")
    }
    assert wrong == {}
