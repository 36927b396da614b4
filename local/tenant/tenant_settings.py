"""The tenant's settings, as everything here obeys them; the Management API reads and changes them.

https://auth0.com/docs/get-started/tenant-settings
"""

from local.tenant.store import Document
from local.tenant.tenant import Tenant

# The key in the store, which is the path below /api/v2 as well.
PATH = "tenants/settings"
# A fresh tenant's settings; the lifetimes are in hours.
DEFAULTS: Document = {
    "friendly_name": "Local tenant",
    "enabled_locales": ["en"],
    "flags": {"enable_client_connections": False},
    "sandbox_version": "22",
    "sandbox_versions_available": ["22", "18"],
    "session_lifetime": 168,
    "idle_session_lifetime": 72,
}


def settings_of(tenant: Tenant) -> Document:
    """Return the settings that hold now: the stored ones, with a default for each that was never set."""
    return DEFAULTS | (tenant.store.settings.get(PATH) or {})
