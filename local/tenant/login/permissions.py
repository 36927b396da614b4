"""Decides which API and which scopes an application may have a token for, before the Actions run.

https://auth0.com/docs/get-started/apis/api-access-policies-for-applications
https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
"""

from local.tenant.errors import LoginError
from local.tenant.login import restrictions
from local.tenant.login.users import roles_of
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of

OIDC_SCOPES = ("openid", "profile", "email", "address", "phone")


def find_api(tenant: Tenant, client: Document, audience: str | None) -> Document | None:
    """Return the API of an audience if the application may call it for its users; None for /userinfo alone.

    Without an audience the tenant's `default_audience` counts, as in Auth0.

    Raises:
        LoginError: no API has exactly this identifier, or the application may not call it (`access_denied`).
    """
    audience = audience or default_audience(tenant)
    if not audience or audience in tenant.listeners.userinfo_audiences():
        return None
    api = tenant.store.resource_servers.find(identifier=audience)
    if api is None:
        raise LoginError("access_denied", f"Service not found: {audience}")
    policy = api_policy(api, "user")
    if policy == "deny_all" or (policy != "allow_all" and _user_grant(tenant, client, api) is None):
        client_id, identifier = client["client_id"], api["identifier"]
        message = f'Client "{client_id}" is not authorized to access resource server "{identifier}".'
        raise LoginError("access_denied", message)
    if problem := restrictions.why_no_token(api, client):
        raise LoginError("access_denied", problem)
    return api


def default_audience(tenant: Tenant) -> str | None:
    """Return the audience of requests that name none, from the tenant's settings."""
    return settings_of(tenant).get("default_audience")


def grantable_scopes(
    tenant: Tenant, client: Document, api: Document | None, user: Document, requested: list[str]
) -> list[str]:
    """Return the requested scopes that the tenant's settings allow, each once, in the order of the request.

    Without role-based access control that is every scope of the API, or every scope of the client grant.
    """
    allowed = set(OIDC_SCOPES)
    if "refresh_token" in client.get("grant_types", []) and (api is None or api["allow_offline_access"]):
        allowed.add("offline_access")
    if api is not None:
        allowed |= _api_scopes(tenant, client, api, user)
    return [scope for scope in dict.fromkeys(requested) if scope in allowed]


def user_permissions(tenant: Tenant, api: Document, user: Document) -> list[str]:
    """Return the user's permissions for this API, direct ones and those of the user's roles, each once."""
    rows = [
        *user.get("permissions", []),
        *(row for role in roles_of(tenant.store, user) for row in role["permissions"]),
    ]
    names = [row["permission_name"] for row in rows if row["resource_server_identifier"] == api["identifier"]]
    return list(dict.fromkeys(names))


def scopes_of_grant(api: Document, grant: Document) -> list[str]:
    """Return the scopes of a client grant that the API still has."""
    scopes = [row["value"] for row in api.get("scopes", [])]
    return scopes if grant.get("allow_all_scopes") else [scope for scope in grant.get("scope", []) if scope in scopes]


def api_policy(api: Document, subject_type: str) -> str:
    """Return an API's access policy for a `subject_type`, `user` or `client`; without one it is `deny_all`."""
    return str(api["subject_type_authorization"].get(subject_type, {}).get("policy", "deny_all"))


def _api_scopes(tenant: Tenant, client: Document, api: Document, user: Document) -> set[str]:
    scopes = {scope["value"] for scope in api.get("scopes", [])}
    if api_policy(api, "user") != "allow_all":
        grant = _user_grant(tenant, client, api)
        scopes = set(scopes_of_grant(api, grant)) if grant else set()
    if api.get("enforce_policies"):
        scopes &= set(user_permissions(tenant, api, user))
    return scopes


def _user_grant(tenant: Tenant, client: Document, api: Document) -> Document | None:
    return tenant.store.client_grants.find(
        client_id=client["client_id"], audience=api["identifier"], subject_type="user"
    )
