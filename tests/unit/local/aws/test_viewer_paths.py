from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite


@pytest.mark.parametrize("path", ["health", "_ministack/health", "v2/", "oauth2/userInfo", "Execute", "iceberg/x"])
def test_every_path_of_the_site_is_the_sites(aws: LocalAws, make_site: MakeSite, path: str) -> None:
    site = make_site()
    aws.client("s3").put_object(Bucket=site.bucket, Key=path, Body=b"the site")

    assert aws.request("GET", f"{site.comment}.localhost", f"/{path}").text == "the site"


def test_a_page_cannot_reset_the_local_aws(aws: LocalAws, make_site: MakeSite) -> None:
    site = make_site()

    assert aws.request("POST", f"{site.comment}.localhost", "/_ministack/reset").status_code == 403

    assert aws.request("GET", f"{site.comment}.localhost", "/").status_code == 200


def test_the_local_aws_still_tells_its_health_at_its_own_address(aws: LocalAws) -> None:
    assert aws.request("GET", "127.0.0.1", "/health").json()["services"]
