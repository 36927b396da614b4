"""Log streams: /log-streams. They are kept; nothing leaves this machine."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.management.answers import find, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("log_streams")


async def list_streams(request: Request) -> Response:
    """GET /log-streams: a bare list, always whole."""
    return JSONResponse(tenant_of(request).store.log_streams.values())


async def create(request: Request) -> Response:
    """POST /log-streams; 200, not 201."""
    body = await _FORM.new(request)
    body.pop("startFrom", None)
    stream: Document = {
        "id": f"lst_{secrets.randbelow(10**16):016}",
        "name": body["type"],
        "status": "active",
        "isPriority": False,
        "filters": [],
        **body,
    }
    tenant_of(request).store.log_streams.put(stream["id"], stream)
    return JSONResponse(stream)


async def read(request: Request) -> Response:
    """GET /log-streams/{id}."""
    return JSONResponse(_find(request))


async def update(request: Request) -> Response:
    """PATCH /log-streams/{id}: `sink` is merged, so that its secret need not be sent again."""
    body = await _FORM.change(request)
    stream = _find(request)
    stream = {**merged(stream, body), "sink": merged(stream["sink"], body.get("sink", {}))}
    tenant_of(request).store.log_streams.put(stream["id"], stream)
    return JSONResponse(stream)


async def delete(request: Request) -> Response:
    """DELETE /log-streams/{id}."""
    tenant_of(request).store.log_streams.delete(request.path_params["id"])
    return Response(status_code=204)


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.log_streams, request.path_params["id"], "log stream")
