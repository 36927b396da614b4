from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite


def test_a_distribution_answers_at_its_comment(aws: LocalAws, make_site: MakeSite) -> None:
    site = make_site()

    answer = aws.request("GET", f"{site.comment}.localhost", "/")

    assert (answer.status_code, answer.text) == (200, "<h1>Movies</h1>")
    assert answer.headers["content-type"] == "text/html"


def test_a_distribution_still_answers_at_its_generated_name(aws: LocalAws, make_site: MakeSite) -> None:
    assert aws.request("GET", f"{make_site().label}.cloudfront.localhost", "/index.html").status_code == 200


def test_a_distribution_answers_at_its_aliases_in_any_case(aws: LocalAws, make_site: MakeSite) -> None:
    alias = f"{uuid.uuid4().hex}.example.com"
    make_site(alias)

    assert aws.request("GET", alias.upper(), "/index.html").text == "<h1>Movies</h1>"


def test_a_head_request_has_the_headers_and_no_body(aws: LocalAws, make_site: MakeSite) -> None:
    host = f"{make_site().comment}.localhost"

    head, full = aws.request("HEAD", host, "/index.html"), aws.request("GET", host, "/index.html")

    assert (head.status_code, head.content) == (200, b"")
    assert set(head.headers) == set(full.headers)
    assert head.headers["content-length"] == full.headers["content-length"]


def test_a_head_request_to_an_api_is_refused_like_any_other(aws: LocalAws, make_site: MakeSite) -> None:
    answer = aws.request("HEAD", f"{make_site().comment}.localhost", "/api/nothing")

    assert answer.status_code == 403
    assert "cloudfront" in answer.headers["via"].lower()


def test_each_distribution_answers_at_its_own_comment(aws: LocalAws, make_site: MakeSite) -> None:
    first, second = make_site(), make_site()
    aws.client("s3").put_object(Bucket=second.bucket, Key="index.html", Body=b"second")

    assert aws.request("GET", f"{first.comment}.localhost", "/").text == "<h1>Movies</h1>"
    assert aws.request("GET", f"{second.comment}.localhost", "/").text == "second"


@pytest.mark.parametrize("host", ["nobody.localhost", "nobody.example.com"])
def test_a_name_of_no_distribution_reaches_none(aws: LocalAws, make_site: MakeSite, host: str) -> None:
    make_site()

    assert "via" not in aws.request("GET", host, "/index.html").headers


def test_a_bucket_that_trusts_another_distribution_is_not_read(aws: LocalAws, make_site: MakeSite) -> None:
    site = make_site(signed_for="arn:aws:cloudfront::000000000000:distribution/OTHER")

    assert aws.request("GET", f"{site.comment}.localhost", "/").status_code == 403
