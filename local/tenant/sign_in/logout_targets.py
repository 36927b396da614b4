"""The allowed logout URLs: where a browser may go after a logout.

https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout
https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0
"""

from urllib.parse import SplitResult, urlsplit

from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of


def allowed(tenant: Tenant, client_id: str | None) -> list[str]:
    """Return the allowed logout URLs of an application, or the tenant's own if `client_id` is None."""
    holder = settings_of(tenant) if client_id is None else tenant.client(client_id)
    return list((holder or {}).get("allowed_logout_urls") or [])


def is_same_page(target: str, listed: str) -> bool:
    """Return whether /v2/logout treats a URL as a listed one; its query and fragment do not matter.

    The case of scheme and host does not matter (RFC 3986 §6.2.2.1); that of the path does.
    """
    try:
        return _page(urlsplit(target)) == _page(urlsplit(listed))
    except ValueError:  # a port that is not a number
        return False


def _page(url: SplitResult) -> tuple[object, ...]:
    # Compare the user name too: `https://trusted@evil` looks like another host.
    return url.scheme, url.username, url.password, url.hostname, url.port, url.path
