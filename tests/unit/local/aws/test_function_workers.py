"""The processes that run CloudFront Functions stay between the loads of a page."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil

from local.aws.function_workers import CONNECTIONS

if TYPE_CHECKING:
    from tests.unit.local.aws.conftest import LocalAws, MakeSite

SLOW = b"""
function handler(event) {
  const end = Date.now() + 200;
  while (Date.now() < end);
  event.request.uri = event.request.uri.replace("/api", "");
  return event.request;
}
"""
KEPT_BY_MINISTACK = 3


def test_a_page_with_many_files_finds_the_processes_of_its_last_load(aws: LocalAws, make_site: MakeSite) -> None:
    cloudfront = aws.client("cloudfront")
    config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
    made = cloudfront.create_function(Name="slow", FunctionConfig=config, FunctionCode=SLOW)
    published = cloudfront.publish_function(Name="slow", IfMatch=made["ETag"])["FunctionSummary"]
    site = make_site(viewer_function=published["FunctionMetadata"]["FunctionARN"])
    deadline = time.monotonic() + 120

    def load(_: int) -> int:
        return aws.request("GET", f"{site.comment}.localhost", "/api/open").status_code

    def processes() -> int:
        return sum(child.name().startswith("node") for child in psutil.Process(aws.pid).children())

    with ThreadPoolExecutor(CONNECTIONS) as browser:
        while processes() <= KEPT_BY_MINISTACK:  # on a busy machine, not all of a load's requests come at once
            assert time.monotonic() < deadline
            assert set(browser.map(load, range(CONNECTIONS))) == {200}
