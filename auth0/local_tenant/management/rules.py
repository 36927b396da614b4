"""Rules, the forerunners of Actions: /rules.

A tenant made since 16 October 2023 has none and cannot make any.
https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations
"""

from starlette.requests import Request
from starlette.responses import Response

from local_tenant.management.answers import listing


async def list_rules(request: Request) -> Response:
    """GET /rules: none."""
    return listing(request, "rules", [])
