"""CloudFront's cache: which answers it caches, for how long and for whom, and how a viewer revalidates its copy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.unit.local.aws.conftest import LocalAws, MakeSite, Site

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
PATIENCE_SECONDS = 30


class Edge:
    """A distribution's viewer, who can also write to its bucket."""

    def __init__(self, aws: LocalAws, site: Site) -> None:
        self.aws, self.site = aws, site

    def put(self, body: str, cache_control: str, key: str = "page.html") -> None:
        self.aws.client("s3").put_object(
            Bucket=self.site.bucket, Key=key, Body=body.encode(), ContentType="text/html", CacheControl=cache_control
        )

    def get(self, path: str = "/page.html", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.aws.request("GET", f"{self.site.comment}.localhost", path, headers=named)

    def get_until(self, text: str) -> httpx.Response:
        end = time.monotonic() + PATIENCE_SECONDS
        while (answer := self.get()).text != text:
            assert time.monotonic() < end, f"the edge still answers {answer.text}"
            time.sleep(0.1)
        return answer


@pytest.fixture
def edge(aws: LocalAws, make_site: MakeSite) -> Edge:
    return Edge(aws, make_site(cache_policy=CACHING_OPTIMIZED, compress=True))


def test_a_file_that_may_be_kept_is_asked_for_once(edge: Edge) -> None:
    edge.put("first", "public, max-age=31536000, immutable")
    assert edge.get().headers["x-cache"] == "Miss from cloudfront"

    edge.put("second", "public, max-age=31536000, immutable")

    answer = edge.get()
    assert (answer.text, answer.headers["x-cache"]) == ("first", "Hit from cloudfront")
    assert int(answer.headers["age"]) >= 0


@pytest.mark.parametrize("cache_control", ["no-cache", "no-store", "private"])
def test_a_page_that_must_not_be_cached_is_soon_asked_for_again(edge: Edge, cache_control: str) -> None:
    edge.put("first", cache_control)
    edge.get()
    edge.put("second", cache_control)

    edge.get_until("second")


def test_a_policy_that_disables_caching_keeps_nothing(aws: LocalAws, make_site: MakeSite) -> None:
    edge = Edge(aws, make_site())
    edge.put("first", "public, max-age=31536000")
    edge.get()
    edge.put("second", "public, max-age=31536000")

    assert edge.get().text == "second"


def test_an_invalidation_forgets_what_it_names(edge: Edge) -> None:
    for key in ("page.html", "other.html"):
        edge.put("first", "max-age=600", key)
        edge.get(f"/{key}")
        edge.put("second", "max-age=600", key)

    edge.aws.client("cloudfront").create_invalidation(
        DistributionId=edge.site.distribution_id,
        InvalidationBatch={"CallerReference": "1", "Paths": {"Quantity": 1, "Items": ["/page*"]}},
    )

    assert (edge.get("/page.html").text, edge.get("/other.html").text) == ("second", "first")


@pytest.mark.parametrize("cache_control", ["no-cache", "max-age=600"])
@pytest.mark.parametrize("accept", ["identity", "gzip"])
def test_a_copy_that_is_still_right_is_not_sent_again(edge: Edge, cache_control: str, accept: str) -> None:
    edge.put("a page " * 300, cache_control)
    tag = edge.get(accept_encoding=accept).headers["etag"]

    again = edge.get(accept_encoding=accept, if_none_match=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (tag, cache_control)


def test_a_copy_that_is_old_is_replaced(edge: Edge) -> None:
    edge.put("first", "no-cache")
    tag = edge.get().headers["etag"]
    edge.put("second", "no-cache")
    edge.get_until("second")

    assert edge.get(if_none_match=tag).text == "second"


def test_one_visitors_error_is_everybodys_for_ten_seconds_unless_the_distribution_says_otherwise(
    aws: LocalAws, make_site: MakeSite
) -> None:
    """The cache key has no `Authorization`, so the second visitor gets the first one's refusal."""
    word = {"authorization": "Bearer broken"}  # the authorizer fails: 500

    kept = Edge(aws, make_site())
    assert kept.get("/api/movies", **word).status_code == 500
    assert kept.get("/api/movies", authorization="Bearer welcome").status_code == 500

    safe = Edge(aws, make_site(error_seconds=0))
    assert safe.get("/api/movies", **word).status_code == 500
    assert safe.get("/api/movies", authorization="Bearer welcome").status_code == 200


@pytest.mark.parametrize("word", ["unknown", "denied"])
def test_a_refusal_is_kept_for_nobody(aws: LocalAws, make_site: MakeSite, word: str) -> None:
    edge = Edge(aws, make_site())
    assert edge.get("/api/movies", authorization=f"Bearer {word}").status_code in {401, 403}

    assert edge.get("/api/movies", authorization="Bearer welcome").status_code == 200
