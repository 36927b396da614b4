"""Log streams: /log-streams. The tenant stores them and sends nothing."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import find, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import tenant_of

_FORM = Form("log_streams")


# Auth0 names the partner's event source, or topic, to which a stream of these types writes.
_PARTNERS = {
    "eventbridge": ("awsPartnerEventSource", "aws.partner/auth0.com/localhost-{unique}/auth0.logs"),
    "eventgrid": ("azurePartnerTopic", "azure.partner/auth0.com/localhost-{unique}/auth0.logs"),
}
_SECRETS = ("mixpanelServiceAccountPassword",)


async def list_streams(request: Request) -> Response:
    """GET /log-streams: a bare list, always whole."""
    return JSONResponse([_shown(row) for row in tenant_of(request).store.log_streams.values()])


async def create(request: Request) -> Response:
    """POST /log-streams; 200, not 201."""
    body = await _FORM.new(request)
    body.pop("startFrom", None)
    stream: Document = {
        "id": f"lst_{secrets.randbelow(10**16):016}",
        "name": body["type"],
        "status": "active",
        "isPriority": False,
        **body,
    }
    if stream["type"] in _PARTNERS:
        member, form = _PARTNERS[stream["type"]]
        stream["sink"] = {**stream["sink"], member: form.format(unique=identifiers.action_id())}
    return _keep(request, stream)


async def read(request: Request) -> Response:
    """GET /log-streams/{id}."""
    return JSONResponse(_shown(_find(request)))


async def update(request: Request) -> Response:
    """PATCH /log-streams/{id}: merges `sink`, so that its secret need not be sent again; replaces `pii_config`."""
    body = await _FORM.change(request)
    stream = _find(request)
    if "sink" in body:  # a change of the stream itself, not only of its status
        stream.pop("pii_config", None)
    return _keep(request, {**merged(stream, body), "sink": merged(stream["sink"], body.get("sink", {}))})


def _keep(request: Request, stream: Document) -> Response:
    if "pii_config" in stream:
        stream["pii_config"] = {"method": "hash", "algorithm": "xxhash", **stream["pii_config"]}
    tenant_of(request).store.log_streams.put(stream["id"], stream)
    return JSONResponse(_shown(stream))


def _shown(stream: Document) -> Document:
    sink = {name: "********" if name in _SECRETS else value for name, value in stream["sink"].items()}
    return {name: value for name, value in {**stream, "sink": sink}.items() if name != "filters" or value}


async def delete(request: Request) -> Response:
    """DELETE /log-streams/{id}."""
    tenant_of(request).store.log_streams.delete(request.path_params["id"])
    return Response(status_code=204)


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.log_streams, request.path_params["id"], "log stream")
