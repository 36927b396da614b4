"""The login experience and its texts: /prompts."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant.management.payloads import Form
from local.tenant.management.tenant_settings import Settings
from local.tenant.tenant import tenant_of

_TEXT_FORM = Form("custom_text")
_PROMPTS = Settings(
    "prompts",
    Form("prompts"),
    {"universal_login_experience": "new", "identifier_first": False, "webauthn_platform_first_factor": False},
)


async def read(request: Request) -> Response:
    """GET /prompts."""
    return JSONResponse(_PROMPTS.current(tenant_of(request)))


async def update(request: Request) -> Response:
    """PATCH /prompts."""
    return await _PROMPTS.update(request)


async def read_text(request: Request) -> Response:
    """GET /prompts/{prompt}/custom-text/{language}: empty until a PUT."""
    return JSONResponse(tenant_of(request).store.settings.get(_key(request)) or {})


async def replace_text(request: Request) -> Response:
    """PUT /prompts/{prompt}/custom-text/{language}: replaces the texts of all screens."""
    body = await _TEXT_FORM.new(request)
    tenant_of(request).store.settings.put(_key(request), body)
    return JSONResponse(body)


async def read_partials(_: Request) -> Response:
    """GET /prompts/{prompt}/partials: none, because this tenant cannot store any."""
    return JSONResponse({})


async def list_renderers(_: Request) -> Response:
    """GET /prompts/rendering: none, because the sign-in pages have no custom renderers."""
    return JSONResponse({"configs": []})


def _key(request: Request) -> str:
    return f"prompts/{request.path_params['prompt']}/custom-text/{request.path_params['language']}"
