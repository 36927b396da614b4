import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizer.revocations import KINDS, Revocations, parse

NOW = 1_800_000_000.0
SUBJECT = "5f0c1a2b3c4d5e6f708192a3b4c5d6e7"  # the form that subjects.subject_hasher makes
FAR = 253_402_300_799  # the end of the year 9999
TOKEN: dict[str, Any] = {"subject_hash": SUBJECT, "client_id": "app-1", "key_id": "key-1", "token_id": "token-1"}


def listing(**entries: object) -> Revocations:
    return parse(json.dumps({name.replace("_", ":", 1): until for name, until in entries.items()}))


@pytest.mark.parametrize("nothing", [None, "", "{}"])
def test_an_empty_list_revokes_nothing_and_is_no_problem(nothing: str | None) -> None:
    revocations = parse(nothing)
    assert revocations.match(**TOKEN, now=NOW) is None
    assert revocations == ({}, None)


@pytest.mark.parametrize(
    ("kind", "value"), [("sub", SUBJECT), ("client", "app-1"), ("kid", "key-1"), ("jti", "token-1")]
)
def test_an_entry_revokes_the_tokens_that_it_names_and_no_others(kind: str, value: str) -> None:
    revocations = parse(json.dumps({f"{kind}:{value}": NOW + 60}))
    assert revocations.problem is None
    assert revocations.match(**TOKEN, now=NOW) == kind
    assert revocations.match(subject_hash="", client_id="", key_id="", token_id="", now=NOW) is None
    other = {name: f"{text}x" for name, text in TOKEN.items()}
    assert revocations.match(**other, now=NOW) is None


def test_an_entry_of_one_kind_does_not_revoke_another_kind_of_the_same_value() -> None:
    revocations = parse(json.dumps({f"kid:{SUBJECT}": NOW + 60, "client:token-1": NOW + 60}))
    assert revocations.problem is None
    assert revocations.match(**TOKEN, now=NOW) is None


def test_an_entry_ends_by_itself_at_its_expiry() -> None:
    revocations = listing(**{f"sub_{SUBJECT}": NOW})
    assert revocations.match(**TOKEN, now=NOW - 0.001) == "sub"
    assert revocations.match(**TOKEN, now=NOW) is None


@pytest.mark.parametrize("end", [0, 0.5, FAR])
def test_an_end_may_be_any_moment_from_1970_until_the_year_9999(end: float) -> None:
    revocations = parse(json.dumps({"jti:token-1": end}))
    assert revocations == ({"jti:token-1": end}, None)


def test_a_value_may_hold_colons_as_client_identifiers_of_other_tenants_do() -> None:
    revocations = parse(json.dumps({"client:https://a.example/c:1": NOW + 1}))
    assert revocations.match(**{**TOKEN, "client_id": "https://a.example/c:1"}, now=NOW) == "client"


def test_a_token_without_client_or_identifier_is_revoked_by_its_subject_still() -> None:
    revocations = listing(**{f"sub_{SUBJECT}": NOW + 1, "client_None": NOW + 1})
    none: dict[str, Any] = {"client_id": None, "key_id": None, "token_id": None}
    assert revocations.match(subject_hash=SUBJECT, **none, now=NOW) == "sub"
    assert revocations.match(subject_hash="other", **none, now=NOW) is None


@pytest.mark.parametrize("text", ["{", "[]", "null", f'"{SUBJECT}"', "1" * 5000, "[" * 100_000, "\ud800"])
def test_a_list_that_is_no_object_revokes_nothing_and_says_so(text: str) -> None:
    revocations = parse(text)
    assert revocations.match(**TOKEN, now=NOW) is None
    assert revocations.problem == "REVOCATIONS is no JSON object"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"sub:{SUBJECT}": 1900000000, "client:app-2": 19',
        f'{{"sub:{SUBJECT}": 1, "client:app-2": 1}} x',
        f'["sub:{SUBJECT}", "client:app-2"]',
        f'"sub:{SUBJECT}" "client:app-2"',
    ],
    ids=["cut short", "with more behind it", "an array", "two texts"],
)
def test_the_entries_of_a_broken_list_revoke_for_ever_and_it_says_so(text: str) -> None:
    revocations = parse(text)
    assert revocations.match(**TOKEN, now=FAR - 1) == "sub"
    assert revocations.match(**TOKEN, now=FAR) is None
    assert revocations.problem == (
        "REVOCATIONS is no JSON object; the 2 entries that can be read in it revoke for ever"
    )


@pytest.mark.parametrize(
    "end",
    ['"1900000000"', "true", "null", "NaN", "Infinity", "-1", "1" + "0" * 400, "1900000000000", "{}", "[]"],
    ids=lambda end: end[:14],
)
def test_an_entry_whose_end_cannot_be_read_revokes_for_ever_and_is_a_problem(end: str) -> None:
    revocations = parse(f'{{"client:app-1": {end}, "jti:token-1": 1900000000}}')
    assert revocations.match(**TOKEN, now=NOW) == "client"
    assert revocations.match(**TOKEN, now=FAR - 1) == "client"
    assert revocations.problem == "REVOCATIONS has 1 unreadable of 2 entries"


@pytest.mark.parametrize(
    "entry",
    [
        "sub",
        "sub:",
        "client:",
        f"user:{SUBJECT}",
        f"SUB:{SUBJECT}",
        f"sub:{SUBJECT.upper()}",
        f"sub: {SUBJECT}",
        f"sub:{SUBJECT} ",
        f"sub:{SUBJECT[:-1]}",
        "sub:amazon|1",
        "client: app-2",
    ],
)
def test_an_entry_that_no_token_matches_is_a_problem_and_takes_no_other_with_it(entry: str) -> None:
    revocations = parse(json.dumps({entry: NOW + 60, "jti:token-1": NOW + 60}))
    assert revocations.match(**TOKEN, now=NOW) == "jti"
    assert revocations.problem == "REVOCATIONS has 1 unreadable of 2 entries"


@given(st.text())
def test_no_text_makes_reading_or_matching_fail(text: str) -> None:
    assert parse(text).match(**TOKEN, now=NOW) in {None, *KINDS}


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())))
def test_no_object_makes_reading_or_matching_fail(entries: dict[str, Any]) -> None:
    assert parse(json.dumps(entries)).match(**TOKEN, now=NOW) in {None, *KINDS}
