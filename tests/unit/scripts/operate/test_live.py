"""What counts as drift of a function, and how `make live` shows it."""

from typing import Any

from scripts.operate.live import Running, drift, table


def configuration(code: str = "abc", memory: int = 512, **variables: str) -> dict[str, Any]:
    return {"CodeSha256": code, "MemorySize": memory, "Timeout": 5, "Environment": {"Variables": variables}}


def test_a_difference_between_newest_and_answering_code_is_drift() -> None:
    assert drift(configuration(), configuration("def", 256, ISSUERS="x")) == "code, ISSUERS, MemorySize"
    assert drift(configuration(ISSUERS="x"), configuration(ISSUERS="x")) is None


def test_the_list_of_revocations_is_no_drift_and_no_value_is_shown() -> None:
    assert drift(configuration(REVOCATIONS="{}"), configuration(REVOCATIONS='{"jti:secret": 1}')) is None
    assert drift(configuration(SUBJECT_HASH_KEY="old"), configuration(SUBJECT_HASH_KEY="new")) == "SUBJECT_HASH_KEY"


def test_the_table_has_a_line_for_each_function_and_one_for_each_drift() -> None:
    good = Running("movies", "3", "29 Nov 10:00:00", "role deploy", "as in build/", None)
    drifted = Running("authorizer", "12, 10% version 13", "29 Nov 11:00:00", "not known", "as in build/", "code")
    head, *rows, drifting = table([good, drifted])
    assert head.split() == ["function", "version", "since", "by", "code"]
    assert [row.split()[0] for row in rows] == ["movies", "authorizer"]
    assert drifting.startswith("DRIFT authorizer: what was written last is another and does not answer (code)")
