from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite


def test_a_stage_answers_at_its_name_in_aws_too(aws: LocalAws, make_site: MakeSite) -> None:
    api_id = make_site().api_id

    here = aws.request("GET", f"{api_id}.execute-api.localhost", "/live/open")
    there = aws.request("GET", f"{api_id}.execute-api.eu-west-1.amazonaws.com", "/live/open")

    assert (here.status_code, there.status_code) == (200, 200)
    assert here.json()["path"] == there.json()["path"] == "/open"
