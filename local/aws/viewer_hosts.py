"""CloudFront viewer hosts: a distribution answers at its aliases, without DNS, and at `<comment>.localhost`.

ministack knows only the generated `<label>.cloudfront.localhost`, which changes with every new distribution. We choose
the comment, so the address is fixed and readable. On AWS a comment is not an address.
"""

import functools
from collections.abc import Callable

from ministack import app
from ministack.services import cloudfront

from local.aws.private_names import require, wrap


def parse_distribution_host(original: Callable[[str], str | None], host: str) -> str | None:
    """Return the label of the distribution for the Host header `host` (with or without a port), or None."""
    label = original(host)
    if label is not None:
        return label
    name = host.split(":")[0].lower()
    for distribution in cloudfront._distributions.values():
        if name in _names(distribution["config_xml"]):
            return str(distribution["DomainName"]).split(".")[0]
    return None


@functools.lru_cache(maxsize=64)  # each request asks several times, and parsing is the slow part
def _names(config_xml: str) -> frozenset[str]:
    distribution = {"config_xml": config_xml}
    comment = cloudfront._text(cloudfront._dist_config_el(distribution), "Comment")
    aliases = cloudfront._get_distribution_aliases(distribution)
    return frozenset(str(name).lower() for name in (*aliases, f"{comment}.{app._MINISTACK_HOST}"))


def install() -> None:
    """Replace ministack's function that maps a Host header to a distribution."""
    require(app, "_MINISTACK_HOST")
    require(cloudfront, "_distributions", "_text", "_dist_config_el", "_get_distribution_aliases")
    wrap(app, "_parse_cloudfront_dataplane_host", parse_distribution_host)
