"""The documents that a tenant has exactly once: its settings and its attack protection.

The local tenant stores all of them. It obeys `allowed_logout_urls`, `default_audience`, the flag
`enable_client_connections` and `skip_non_verifiable_callback_uri_confirmation_prompt`. It has no passwords, so attack
protection has no effect.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import tenant_settings
from local.tenant.management.answers import absent, chosen_fields, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of


@dataclass(frozen=True)
class Settings:
    """One document that every tenant has: its path below /api/v2, its form, and a fresh tenant's values."""

    path: str
    form: Form
    defaults: Document
    # Members of objects that are stored but never returned, such as the secret of a captcha's provider.
    hidden: tuple[str, ...] = ()

    def current(self, tenant: Tenant) -> Document:
        """Return the current settings; a setting that was never stored has its default."""
        return {**self.defaults, **(tenant.store.settings.get(self.path) or {})}

    def shown(self, tenant: Tenant) -> Document:
        """Return the settings for an answer, without the hidden members."""
        return {
            name: {key: part for key, part in value.items() if key not in self.hidden}
            if isinstance(value, dict)
            else value
            for name, value in self.current(tenant).items()
        }

    async def update(self, request: Request) -> Response:
        """Answer a PATCH; merge objects, as Auth0 does with `flags` or `colors`."""
        body = await self.form.change(request)
        current = self.current(tenant_of(request))
        changes = {
            name: merged(current[name], value)
            if isinstance(value, dict) and isinstance(current.get(name), dict)
            else value
            for name, value in body.items()
        }
        document = merged(current, changes)
        tenant_of(request).store.settings.put(self.path, document)
        return JSONResponse(self.shown(tenant_of(request)))


_TENANT = Settings(tenant_settings.PATH, Form("tenant_settings"), tenant_settings.DEFAULTS)
# Only a GET returns these; only the answer to a PATCH has the two flags.
_TOLD_BY_GET: Document = {"client_id_metadata_document_supported": False, "sandbox_versions_available": ["22", "18"]}
_FLAGS_OF_A_CHANGE: Document = {
    "cannot_change_enforce_client_authentication_on_passwordless_start": True,
    "enforce_client_authentication_on_passwordless_start": True,
}
_PROTECTION = {
    "breached-password-detection": Settings(
        "attack-protection/breached-password-detection",
        Form("breached_password_detection"),
        {
            "enabled": False,
            "shields": [],
            "admin_notification_frequency": [],
            "method": "standard",
            "stage": {"pre-user-registration": {"shields": []}, "pre-change-password": {"shields": []}},
        },
    ),
    "brute-force-protection": Settings(
        "attack-protection/brute-force-protection",
        Form("brute_force_protection"),
        {
            "enabled": True,
            "shields": ["block", "user_notification"],
            "mode": "count_per_identifier_and_ip",
            "allowlist": [],
            "max_attempts": 10,
        },
    ),
    "suspicious-ip-throttling": Settings(
        "attack-protection/suspicious-ip-throttling",
        Form("suspicious_ip_throttling"),
        {
            "enabled": True,
            "shields": ["admin_notification", "block"],
            "allowlist": [],
            "stage": {
                "pre-login": {"max_attempts": 100, "rate": 864000},
                "pre-user-registration": {"max_attempts": 50, "rate": 1200},
                "pre-custom-token-exchange": {"max_attempts": 10, "rate": 600000},
            },
        },
    ),
    "bot-detection": Settings(
        "attack-protection/bot-detection",
        Form("bot_detection"),
        {
            "bot_detection_level": "medium",
            "challenge_password_policy": "never",
            "challenge_passwordless_policy": "never",
            "challenge_password_reset_policy": "never",
            "allowlist": [],
            "monitoring_mode_enabled": False,
        },
    ),
    "captcha": Settings(
        "attack-protection/captcha",
        Form("captcha"),
        {"active_provider_id": "auth_challenge", "auth_challenge": {"fail_open": True}, "simple_captcha": {}},
        hidden=("api_key", "secret"),
    ),
}


async def read(request: Request) -> Response:
    """GET /tenants/settings."""
    return JSONResponse(chosen_fields(request, _TOLD_BY_GET | _answer(tenant_of(request)), ()))


async def update(request: Request) -> Response:
    """PATCH /tenants/settings; an empty `default_redirection_uri` removes it.

    The deploy CLI sends back the colours of the sign-in page, which belong to /branding.
    """
    await _TENANT.update(request)
    store, settings = tenant_of(request).store, _TENANT.current(tenant_of(request))
    if settings.get("default_redirection_uri") == "":
        del settings["default_redirection_uri"]
    if colours := settings.pop("universal_login", {}).get("colors"):
        branding = store.settings.get("branding") or {}
        store.settings.put("branding", {**branding, "colors": merged(branding.get("colors") or {}, colours)})
    store.settings.put(_TENANT.path, settings)
    answer = _answer(tenant_of(request))
    theme = {"is_custom_theme_set": bool(tenant_of(request).store.themes.values())}
    return JSONResponse(
        {
            **answer,
            "flags": answer["flags"] | _FLAGS_OF_A_CHANGE,
            "universal_login": answer["universal_login"] | theme,
        }
    )


def _answer(tenant: Tenant) -> Document:
    """Return the settings with the colours of the sign-in page, which belong to /branding."""
    colours = (tenant.store.settings.get("branding") or {}).get("colors")
    return _TENANT.shown(tenant) | {"universal_login": {"colors": colours} if colours else {}}


async def read_protection(request: Request) -> Response:
    """GET /attack-protection/{kind}."""
    return JSONResponse(_protection(request).shown(tenant_of(request)))


async def update_protection(request: Request) -> Response:
    """PATCH /attack-protection/{kind}."""
    return await _protection(request).update(request)


def _protection(request: Request) -> Settings:
    kind = _PROTECTION.get(request.path_params["kind"])
    if kind is None:
        raise absent("attack protection")
    return kind
