"""How far back SINCE reaches."""

from datetime import UTC, datetime, timedelta

import pytest

from scripts.errors import UserError
from scripts.since import since

NOW = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("15m", NOW - timedelta(minutes=15)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("10:00", NOW.replace(hour=10, minute=0)),
        ("2026-11-28T09:00", datetime(2026, 11, 28, 9, tzinfo=UTC)),
        ("2026-11-28T09:00+02:00", datetime(2026, 11, 28, 7, tzinfo=UTC)),
    ],
)
def test_since_is_a_span_a_time_of_today_or_a_date(text: str, begun: datetime) -> None:
    assert since(text, NOW) == begun


@pytest.mark.parametrize("text", ["yesterday", "0h", "5w", "25:00", "13:00", "2027-01-01T00:00", "-1h"])
def test_what_is_no_time_in_the_past_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError, match=r"is not a time in the past; write 15m, 2h, 1d, 10:00 or"):
        since(text, NOW)
