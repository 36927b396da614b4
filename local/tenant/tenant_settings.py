"""The tenant's settings. The Management API shows and changes them; the other packages obey them.

https://auth0.com/docs/get-started/tenant-settings
"""

from local.tenant.store import Document
from local.tenant.tenant import Tenant

# The key in the store, and the path below /api/v2.
PATH = "tenants/settings"
# The settings that a fresh tenant shows.
DEFAULTS: Document = {
    "enabled_locales": ["en"],
    "flags": {
        "allow_changing_enable_sso": False,
        "disable_clickjack_protection_headers": False,
        "disable_impersonation": True,
        "enable_sso": True,
        "revoke_refresh_token_grant": False,
        "universal_login": True,
    },
    "oidc_logout": {"rp_logout_end_session_endpoint_discovery": True},
    "resource_parameter_profile": "audience",
    "sandbox_version": "22",
}
# Settings and flags that apply but are not shown until they are set; the lifetimes are in hours.
_UNSEEN: Document = {"friendly_name": "Local tenant", "session_lifetime": 168, "idle_session_lifetime": 72}
_UNSEEN_FLAGS: Document = {"enable_client_connections": True}


def settings_of(tenant: Tenant) -> Document:
    """Return the current settings; a setting that was never stored has its default."""
    return _UNSEEN | DEFAULTS | (tenant.store.settings.get(PATH) or {})


def flag(tenant: Tenant, name: str) -> bool:
    """Return whether a flag of the tenant is on, shown or not."""
    return bool((_UNSEEN_FLAGS | settings_of(tenant)["flags"]).get(name))
