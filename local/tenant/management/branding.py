"""The look of the tenant's pages: /branding, with the themes and the page template of Universal Login."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.management.answers import ManagementError, find
from local.tenant.management.payloads import Form
from local.tenant.management.tenant_settings import Settings
from local.tenant.tenant import tenant_of

_BRANDING = Settings("branding", Form("branding"), {})
_THEME_FORM, _TEMPLATE_FORM = Form("themes"), Form("templates")
_TEMPLATE = "branding/templates/universal-login"


async def read(request: Request) -> Response:
    """GET /branding."""
    return JSONResponse(_BRANDING.current(tenant_of(request)))


async def update(request: Request) -> Response:
    """PATCH /branding; an object inside is merged."""
    return await _BRANDING.update(request)


async def read_template(request: Request) -> Response:
    """GET /branding/templates/universal-login; 404 until there is one."""
    template = tenant_of(request).store.settings.get(_TEMPLATE)
    if template is None:
        raise ManagementError(404, "The page template does not exist", "inexistent_templates_universal_login")
    return JSONResponse(template)


async def replace_template(request: Request) -> Response:
    """PUT /branding/templates/universal-login: 201 and `{}` for the first, 204 for a change.

    The tenant needs a custom domain, verified or not.
    """
    store = tenant_of(request).store
    body: object = await _TEMPLATE_FORM.new(request)
    if not store.custom_domains.values():
        raise ManagementError(403, "A page template needs a custom domain", "feature_not_enabled")
    fresh = store.settings.get(_TEMPLATE) is None
    store.settings.put(_TEMPLATE, {"body": body["template"] if isinstance(body, dict) else body})
    return JSONResponse({}, 201) if fresh else Response(status_code=204)


async def delete_template(request: Request) -> Response:
    """DELETE /branding/templates/universal-login."""
    tenant_of(request).store.settings.delete(_TEMPLATE)
    return Response(status_code=204)


async def default_theme(request: Request) -> Response:
    """GET /branding/themes/default; 404 until there is one."""
    themes = tenant_of(request).store.themes.values()
    if not themes:
        raise ManagementError(404, "The tenant has no default theme", "theme_not_found")
    return JSONResponse(themes[0])


async def create_theme(request: Request) -> Response:
    """POST /branding/themes; 200, not 201; a tenant has one theme."""
    store = tenant_of(request).store
    body = await _THEME_FORM.new(request)
    if store.themes.values():
        raise ManagementError(409, "The tenant already has a theme", "theme_already_exists")
    theme = {"displayName": "Unnamed Theme", **body, "themeId": identifiers.alphanumeric(32)}
    store.themes.put(theme["themeId"], theme)
    return JSONResponse(theme)


async def read_theme(request: Request) -> Response:
    """GET /branding/themes/{id}."""
    return JSONResponse(find(tenant_of(request).store.themes, request.path_params["id"], "theme"))


async def update_theme(request: Request) -> Response:
    """PATCH /branding/themes/{id}: the theme as a whole."""
    store = tenant_of(request).store
    body = await _THEME_FORM.change(request)
    theme = {**find(store.themes, request.path_params["id"], "theme"), **body}
    store.themes.put(theme["themeId"], theme)
    return JSONResponse(theme)


async def delete_theme(request: Request) -> Response:
    """DELETE /branding/themes/{id}."""
    tenant_of(request).store.themes.delete(request.path_params["id"])
    return Response(status_code=204)
