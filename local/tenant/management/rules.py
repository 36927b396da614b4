"""Rules, the predecessors of Actions: /rules.

A tenant created since 16 October 2023 has none, and none can be created. The list exists for older tenants.
https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations
"""

from starlette.requests import Request
from starlette.responses import Response

from local.tenant.management.answers import listing
from local.tenant.tenant import tenant_of


async def list_rules(request: Request) -> Response:
    """GET /rules."""
    return listing(request, "rules", tenant_of(request).store.rules.values())
