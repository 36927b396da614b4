"""CloudFront settings for caching and compression, which ministack stores but does not read.

The addition reads `Compress` of each cache behaviour, and `ErrorCachingMinTTL` of each custom error response.
"""

import functools
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from ministack.services import cloudfront

from local.aws.private_names import require, wrap

type Settings = dict[str, Any]
"""A part of a distribution's configuration, as ministack's data plane reads it."""


def behavior(original: Callable[..., Settings], element: Element, *pattern: str) -> Settings:
    """Return a cache behaviour with `compress`, a bool."""
    return {**original(element, *pattern), "compress": cloudfront._xbool(element, "Compress", default=False)}


def distribution(original: Callable[..., Settings], record: Settings) -> Settings:
    """Return a distribution's configuration with `error_seconds`: {status: the least time that an error is cached}.

    Parse it again only when its XML changes, because every viewer's request needs it.
    """
    return _read(original, record["config_xml"])


@functools.lru_cache(maxsize=64)
def _read(original: Callable[..., Settings], config_xml: str) -> Settings:
    record = {"config_xml": config_xml}
    config = cloudfront._dist_config_el(record)
    responses = cloudfront._find(config, "CustomErrorResponses")
    items = (cloudfront._find(responses, "Items") if responses is not None else None) or []
    seconds = {
        int(cloudfront._text(item, "ErrorCode")): int(cloudfront._text(item, "ErrorCachingMinTTL"))
        for item in items
        if cloudfront._text(item, "ErrorCachingMinTTL")
    }
    return {**original(record), "error_seconds": seconds}


def install() -> None:
    """Add both to ministack's reading of a distribution."""
    require(cloudfront, "_dist_config_el", "_find", "_text", "_xbool")
    wrap(cloudfront, "_dataplane_behavior", behavior)
    wrap(cloudfront, "parse_distribution_dataplane_config", distribution)
