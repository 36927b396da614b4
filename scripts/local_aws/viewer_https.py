"""CloudFront viewers: plain HTTP on the loopback port counts as a viewer's HTTPS.

There is no certificate to serve for `*.localhost`, and browsers treat those names as secure origins anyway. So
`redirect-to-https` stays in Terraform as it is on AWS and does not send the browser to a port that nobody serves.
CloudFront asks its origins by TLS of its own, so a bucket policy that denies plain HTTP does not deny the distribution.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import cloudfront

from scripts.local_aws.private_names import Reply, require, wrap


async def handle_viewer_request(
    original: Callable[..., Awaitable[Reply]],
    distribution: dict[str, Any],
    method: str,
    path: str,
    raw_uri: str,
    raw_query_string: str,
    headers: dict[str, str],
    *rest: object,
) -> Reply:
    """Serve the request as if TLS had been terminated in front of the distribution."""
    source_address, _ = iam_evaluator._request_origin.get()
    iam_evaluator.pin_request_origin(source_address, secure_transport=True)
    secure = {**headers, "x-forwarded-proto": "https"}
    return await original(distribution, method, path, raw_uri, raw_query_string, secure, *rest)


def install() -> None:
    """Replace the entry of ministack's CloudFront data plane."""
    require(iam_evaluator, "_request_origin", "pin_request_origin")
    wrap(cloudfront, "handle_viewer_request", handle_viewer_request)
