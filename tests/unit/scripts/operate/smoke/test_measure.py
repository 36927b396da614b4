"""How smoke repeats and measures, and what its table shows."""

import httpx
import pytest

from scripts.operate.smoke import measure
from scripts.operate.smoke.checks import Check, status


def answering(*statuses: int) -> Check:
    answers = iter(statuses)
    return Check("late", lambda: httpx.Response(next(answers)), lambda answer: status(answer, 200))


def test_a_failing_check_is_tried_again_while_the_patience_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "PAUSE_SECONDS", 0)
    assert measure.run(answering(500, 500, 200), 1, patience_seconds=600).problem is None


def test_without_patience_the_first_failure_counts() -> None:
    assert measure.run(answering(200, 502, 200), 3, patience_seconds=-1).problem == "answered 502 instead of 200"


def test_the_first_request_is_cold_and_the_percentiles_are_of_the_others() -> None:
    result = measure.summary("all", [900.0, *map(float, range(1, 101))], None)
    assert (result.cold_ms, result.p50_ms, result.p95_ms, result.requests) == (900.0, 50.0, 95.0, 101)
    alone = measure.summary("one", [7.0], None)
    assert (alone.p50_ms, alone.p95_ms) == (None, None)


def test_the_table_shows_the_last_run_next_to_this_one_and_the_request_of_a_failure() -> None:
    good = measure.summary("index", [30.0, 10.0], None)
    bad = measure.summary("movies", [5.0], "answered 502 instead of 200", "id-1")
    head, first, second, why = measure.table([good, bad], {"index": {"p50_ms": 12.5}})
    assert head.split() == ["check", "cold", "ms", "p50", "p95", "p50", "before"]
    assert first.split() == ["ok", "index", "30.0", "10.0", "10.0", "12.5"]
    assert second.split() == ["FAILED", "movies", "5.0", "-", "-", "-"]
    assert why.strip() == "answered 502 instead of 200 (request id-1)"
