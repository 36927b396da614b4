"""Plain HTTP on the loopback port counts as HTTPS, for viewers and for AWS's own calls.

There is no certificate to serve for `*.localhost`, and browsers treat those names as secure origins anyway. So
`redirect-to-https` stays in Terraform as it is on AWS and does not send the browser to a port that nobody serves, and
a bucket policy that denies plain HTTP denies neither Terraform nor the distribution. A request that says
`X-Forwarded-Proto: http` is plain HTTP still.
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
    """Serve a request as the ASGI application does, as if TLS had been terminated in front of it."""
    if scope["type"] == "http":
        address, *_ = scope.get("client") or ("127.0.0.1",)
        iam_evaluator.pin_request_origin(address, secure_transport=True)
        scope = {**scope, "scheme": "https"}
    await original(scope, receive, send)


def install() -> None:
    """Put the change of scheme in front of ministack's application."""
    require(iam_evaluator, "pin_request_origin")
    wrap(app, "app", serve)
