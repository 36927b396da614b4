"""Where a browser may go after a logout: the addresses that an application or the tenant has listed.

https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout
https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0
"""

from urllib.parse import SplitResult, urlsplit

from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of


def allowed(tenant: Tenant, client_id: str | None) -> list[str]:
    """Return the addresses of an application, or the tenant's own when no application is named."""
    holder = settings_of(tenant) if client_id is None else tenant.client(client_id)
    return list((holder or {}).get("allowed_logout_urls") or [])


def is_same_page(target: str, listed: str) -> bool:
    """Tell whether /v2/logout takes an address for a listed one: its query and fragment do not count.

    Scheme and host are compared without regard to case, as RFC 3986 §6.2.2.1 has it; the path is not.
    """
    try:
        return _page(urlsplit(target)) == _page(urlsplit(listed))
    except ValueError:  # a port that is no number
        return False


def _page(url: SplitResult) -> tuple[object, ...]:
    # With a user's name before the host, an address looks like another than it is.
    return url.scheme, url.username, url.password, url.hostname, url.port, url.path
