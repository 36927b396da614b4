"""CloudFront's compression, compared with the CloudFront guide's "Serve compressed files"."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import httpx
import pytest

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
UNCOMPRESSED_OBJECTS = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"
SCRIPT = b"export const answer = 42;\n" * 100


@pytest.fixture(scope="module")
def ask(aws: LocalAws) -> Ask:
    return Ask(aws)


class Ask:
    """Puts a file into a distribution's origin and requests it; returns the body as it came over the wire."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws

    def __call__(
        self,
        host: str,
        bucket: str,
        accept: str,
        *,
        body: bytes = SCRIPT,
        content_type: str = "text/javascript",
        **more: str,
    ) -> tuple[httpx.Response, bytes]:
        self.aws.client("s3").put_object(Bucket=bucket, Key="app.js", Body=body, ContentType=content_type, **more)
        headers = {"host": f"{host}:{self.aws.port}", "accept-encoding": accept}
        with httpx.stream("GET", f"{self.aws.url}/app.js", headers=headers, trust_env=False) as answer:
            return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip", "gzip"), ("deflate", None), ("", None)],
)
def test_the_viewer_gets_the_best_encoding_that_it_accepts(
    ask: Ask, make_site: MakeSite, accept: str, encoding: str | None
) -> None:
    site = make_site(cache_policy=CACHING_OPTIMIZED, compress=True)

    answer, raw = ask(f"{site.comment}.localhost", site.bucket, accept)

    assert answer.headers.get("content-encoding") == encoding
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](raw)
    assert plain == SCRIPT
    if encoding:
        assert len(raw) < len(SCRIPT) / 10
        assert answer.headers["etag"].startswith('W/"')
        assert answer.headers["vary"] == "Accept-Encoding"
    else:
        assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize(
    ("case", "policy", "compress"),
    [
        ("the behaviour says no", CACHING_OPTIMIZED, False),
        ("the policy keeps nothing", CACHING_DISABLED, True),
        ("the policy knows no encodings", UNCOMPRESSED_OBJECTS, True),
    ],
)
def test_nothing_is_compressed_unless_behaviour_and_policy_say_so(
    ask: Ask, make_site: MakeSite, case: str, policy: str, compress: bool
) -> None:
    site = make_site(cache_policy=policy, compress=compress)

    answer, raw = ask(f"{site.comment}.localhost", site.bucket, "br, gzip")

    assert "content-encoding" not in answer.headers, case
    assert raw == SCRIPT


@pytest.mark.parametrize(
    ("body", "content_type", "more"),
    [
        pytest.param(b"x" * 999, "text/javascript", {}, id="too small"),
        pytest.param(SCRIPT, "image/png", {}, id="a type that is compressed already"),
        pytest.param(
            gzip.compress(SCRIPT * 50), "text/javascript", {"ContentEncoding": "gzip"}, id="encoded by its owner"
        ),
    ],
)
def test_a_file_that_compression_would_not_help_is_sent_unchanged(
    ask: Ask, make_site: MakeSite, body: bytes, content_type: str, more: dict[str, str]
) -> None:
    site = make_site(cache_policy=CACHING_OPTIMIZED, compress=True)

    _, raw = ask(f"{site.comment}.localhost", site.bucket, "br, gzip", body=body, content_type=content_type, **more)

    assert raw == body
