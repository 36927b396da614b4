"""The text forms of several packages."""

import datetime

import pytest

from local.tenant.encodings import base64url, timestamp


@pytest.mark.parametrize(
    ("seconds", "timespec", "text"),
    [
        (0, "milliseconds", "1970-01-01T00:00:00.000Z"),
        (1_700_000_000.5, "milliseconds", "2023-11-14T22:13:20.500Z"),
        (1_700_000_000, "microseconds", "2023-11-14T22:13:20.000000Z"),
    ],
)
def test_a_timestamp_is_utc_in_the_precision_that_is_asked_for(seconds: float, timespec: str, text: str) -> None:
    assert timestamp(seconds, timespec) == text


def test_without_seconds_a_timestamp_is_now() -> None:
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(milliseconds=1)
    assert before <= datetime.datetime.fromisoformat(timestamp()) <= datetime.datetime.now(datetime.UTC)


def test_base64url_has_no_padding_and_no_sign_that_a_url_would_escape() -> None:
    assert [base64url(value) for value in (b"", b"\xff", b"\xff\xef\xfe")] == ["", "_w", "_-_-"]
