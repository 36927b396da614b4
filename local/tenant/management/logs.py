"""The tenant's log, the newest entry first: /logs, read-only."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.management.answers import absent, chosen_fields, listing
from local.tenant.tenant import tenant_of


async def list_logs(request: Request) -> Response:
    """GET /logs."""
    rows = [chosen_fields(request, row, ("log_id",)) for row in tenant_of(request).log.rows()]
    return listing(request, "logs", rows)


async def read(request: Request) -> Response:
    """GET /logs/{id}."""
    for row in tenant_of(request).log.rows():
        if row["log_id"] == request.path_params["id"]:
            return JSONResponse(row)
    raise absent("log")
