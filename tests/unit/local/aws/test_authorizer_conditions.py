from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import Deploy, LocalAws, MakeDocument


@pytest.mark.parametrize(
    ("until", "status"),
    [("2999-01-01T00:00:00Z", 200), ("2001-01-01T00:00:00Z", 403), ("32472144000", 200), ("978307200", 403)],
)
def test_an_allow_holds_until_the_time_in_its_condition(
    aws: LocalAws, deploy: Deploy, document: MakeDocument, until: str, status: int
) -> None:
    answer = aws.call_api(deploy(document()), "/movies", headers={"authorization": f"Bearer until-{until}"})

    assert answer.status_code == status
