"""Plain HTTP on the loopback port counts as HTTPS, for viewers and for AWS's own calls.

No authority issues a certificate for `*.localhost`, and browsers treat those names as secure origins. With this
addition `redirect-to-https` stays in Terraform as on AWS without redirecting the browser to a closed port, and a bucket
policy that denies plain HTTP denies neither Terraform nor the distribution. A request with `X-Forwarded-Proto: http`
still counts as plain HTTP.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_evaluator

from local.aws.private_names import require, wrap


async def serve(
    original: Callable[..., Awaitable[None]],
    scope: Mapping[str, Any],
    receive: Callable[..., Awaitable[Any]],
    send: Callable[..., Awaitable[None]],
) -> None:
    """Serve a request as if a proxy in front had terminated TLS."""
    if scope["type"] == "http":
        address, *_ = scope.get("client") or ("127.0.0.1",)
        iam_evaluator.pin_request_origin(address, secure_transport=True)
        scope = {**scope, "scheme": "https"}
    await original(scope, receive, send)


def install() -> None:
    """Change the scheme before ministack's application serves the request."""
    require(iam_evaluator, "pin_request_origin")
    wrap(app, "app", serve)
