"""What a tenant has one of: its settings, branding, prompts and attack protection."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant import identifiers
from local_tenant.management.answers import ManagementError, merged, read_object
from local_tenant.store import Document
from local_tenant.tenant import Tenant, tenant_of

# What a fresh tenant answers, by path. The local tenant remembers changes and obeys only `allowed_logout_urls`: where
# there are no passwords, there are none to protect.
_DEFAULTS: dict[str, Document] = {
    "tenants/settings": {
        "friendly_name": "Local tenant",
        "enabled_locales": ["en"],
        "flags": {"enable_client_connections": False},
        "sandbox_version": "22",
        "sandbox_versions_available": ["22", "18"],
        "session_lifetime": 168,
        "idle_session_lifetime": 72,
    },
    "branding": {},
    "prompts": {
        "universal_login_experience": "new",
        "identifier_first": False,
        "webauthn_platform_first_factor": False,
    },
    "attack-protection/breached-password-detection": {
        "enabled": False,
        "shields": [],
        "admin_notification_frequency": [],
        "method": "standard",
        "stage": {"pre-user-registration": {"shields": []}, "pre-change-password": {"shields": []}},
    },
    "attack-protection/brute-force-protection": {
        "enabled": True,
        "shields": ["block", "user_notification"],
        "mode": "count_per_identifier_and_ip",
        "allowlist": [],
        "max_attempts": 10,
    },
    "attack-protection/suspicious-ip-throttling": {
        "enabled": True,
        "shields": ["admin_notification", "block"],
        "allowlist": [],
        "stage": {
            "pre-login": {"max_attempts": 100, "rate": 864000},
            "pre-user-registration": {"max_attempts": 50, "rate": 1200},
        },
    },
    "attack-protection/bot-detection": {
        "bot_detection_level": "medium",
        "challenge_password_policy": "never",
        "challenge_passwordless_policy": "never",
        "challenge_password_reset_policy": "never",
        "allowlist": [],
        "monitoring_mode_enabled": False,
    },
    "attack-protection/captcha": {"active_provider_id": "auth_challenge"},
}


async def read(request: Request) -> Response:
    """GET the settings of the path."""
    name = _name(request)
    return JSONResponse(_current(tenant_of(request), name))


async def update(request: Request) -> Response:
    """PATCH the settings of the path; an object inside is merged, as Auth0 does with `flags` or `colors`."""
    tenant, name = tenant_of(request), _name(request)
    body = await read_object(request)
    current = _current(tenant, name)
    changes = {
        key: merged(current[key], value) if isinstance(value, dict) and isinstance(current.get(key), dict) else value
        for key, value in body.items()
    }
    document = merged(current, changes)
    tenant.store.settings.put(name, document)
    return JSONResponse(document)


async def custom_domains(_request: Request) -> Response:
    """GET /custom-domains: there are none; a bare list."""
    return JSONResponse([])


async def default_theme(request: Request) -> Response:
    """GET /branding/themes/default; 404 until one is made."""
    themes = tenant_of(request).store.themes.values()
    if not themes:
        raise ManagementError(
            404, "There was an error retrieving branding settings: default theme not found", "theme_not_found"
        )
    return JSONResponse(themes[0])


async def create_theme(request: Request) -> Response:
    """POST /branding/themes; 200, not 201."""
    body = await read_object(request)
    theme = {**body, "themeId": identifiers.alphanumeric(32)}
    tenant_of(request).store.themes.put(theme["themeId"], theme)
    return JSONResponse(theme)


async def read_theme(request: Request) -> Response:
    """GET /branding/themes/{id}."""
    return JSONResponse(_theme(request))


async def update_theme(request: Request) -> Response:
    """PATCH /branding/themes/{id}."""
    body = await read_object(request)
    theme = {**merged(_theme(request), body), "themeId": request.path_params["id"]}
    tenant_of(request).store.themes.put(theme["themeId"], theme)
    return JSONResponse(theme)


async def delete_theme(request: Request) -> Response:
    """DELETE /branding/themes/{id}."""
    tenant_of(request).store.themes.delete(request.path_params["id"])
    return Response(status_code=204)


def paths() -> list[str]:
    """Return the path of every kind of settings."""
    return list(_DEFAULTS)


def _name(request: Request) -> str:
    return request.url.path.removeprefix("/api/v2/")


def _current(tenant: Tenant, name: str) -> Document:
    return tenant.store.settings.get(name) or _DEFAULTS[name]


def _theme(request: Request) -> Document:
    theme = tenant_of(request).store.themes.get(request.path_params["id"])
    if theme is None:
        raise ManagementError(404, "The theme does not exist", "theme_not_found")
    return theme
