from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite


def test_plain_http_on_loopback_is_not_redirected_to_https(aws: LocalAws, make_site: MakeSite) -> None:
    answer = aws.request("GET", f"{make_site().comment}.localhost", "/index.html", follow_redirects=False)

    assert answer.status_code == 200


def test_a_viewer_that_says_plain_http_is_redirected(aws: LocalAws, make_site: MakeSite) -> None:
    plain = {"x-forwarded-proto": "http"}

    answer = aws.request("GET", f"{make_site().comment}.localhost", "/index.html", headers=plain)

    assert answer.status_code == 301
    assert answer.headers["location"].startswith("https://")


def test_a_bucket_that_denies_plain_http_still_answers_its_distribution(aws: LocalAws, make_site: MakeSite) -> None:
    site, s3 = make_site(), aws.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=site.bucket)["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{site.bucket}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    s3.put_bucket_policy(Bucket=site.bucket, Policy=json.dumps(policy))

    s3.put_object(Bucket=site.bucket, Key="index.html", Body=b"changed")
    assert aws.request("GET", f"{site.comment}.localhost", "/index.html").text == "changed"
