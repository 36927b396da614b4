"""CloudFront response headers policies: an omitted list of headers reads back as absent.

ministack answers an empty list. Terraform reads that as a block, so every plan of
`aws_cloudfront_response_headers_policy` without `remove_headers_config` shows a change.
"""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from ministack.services import cloudfront

from local.aws.private_names import wrap

_LISTS = ("CustomHeadersConfig", "RemoveHeadersConfig")


def build_config_xml(original: Callable[..., None], parent: Element, config: dict[str, Any]) -> None:
    """Write the policy's configuration below `parent`, without its empty lists."""
    original(parent, config)
    for name in _LISTS:
        written = parent.find(name)
        if written is not None and written.findtext("Quantity") == "0":
            parent.remove(written)


def install() -> None:
    """Replace ministack's rendering of a policy."""
    wrap(cloudfront, "_build_rhp_config_xml", build_config_xml)
