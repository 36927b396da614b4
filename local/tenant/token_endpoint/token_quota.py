"""How many tokens an application may get for itself: its `token_quota`, or the tenant's default.

https://auth0.com/docs/fine-grained-m2m-token-quotas
"""

from local.tenant.errors import OAuthError
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of

_PERIOD_SECONDS = {"per_hour": 3600, "per_day": 86400}


def count_token(tenant: Tenant, client: Document, now: float) -> None:
    """Count a token; raise OAuthError(429) if an enforced quota of the running hour or day (UTC) is used up."""
    quota = _quota(tenant, client)
    key = f"token_quota/{client['client_id']}"
    with tenant.store.transaction():
        counted = tenant.store.settings.get(key) or {}
        for name in _PERIOD_SECONDS.keys() & quota.keys():
            period = int(now // _PERIOD_SECONDS[name])
            count = counted[name]["count"] if counted.get(name, {}).get("period") == period else 0
            if count >= quota[name] and quota.get("enforce", True):
                message = f"The application's token quota {name} ({quota[name]}) is used up."
                raise OAuthError("too_many_requests", message, 429)
            counted[name] = {"period": period, "count": count + 1}
        if quota:
            tenant.store.settings.put(key, counted)


def _quota(tenant: Tenant, client: Document) -> Document:
    default = (settings_of(tenant).get("default_token_quota") or {}).get("clients") or {}
    quota: Document = (client.get("token_quota") or default).get("client_credentials") or {}
    return quota
