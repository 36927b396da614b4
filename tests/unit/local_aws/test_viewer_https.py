from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_aws.conftest import LocalAws, MakeSite


def test_plain_http_on_loopback_is_not_redirected_to_https(aws: LocalAws, make_site: MakeSite) -> None:
    answer = aws.request("GET", f"{make_site().comment}.localhost", "/index.html", follow_redirects=False)

    assert answer.status_code == 200
