"""Which scopes an application gets for a user before the Actions have their say."""

from local_tenant.errors import LoginError
from local_tenant.store import Document
from local_tenant.tenant import Tenant

_OIDC_SCOPES = ("openid", "profile", "email", "address", "phone")


def find_api(tenant: Tenant, audience: str | None) -> Document | None:
    """Return the API with exactly this identifier, None without an audience; raise LoginError when there is none."""
    if not audience:
        return None
    api = tenant.store.resource_servers.find(identifier=audience)
    if api is None:
        raise LoginError("access_denied", f"Service not found: {audience}")
    return api


def grantable_scopes(
    tenant: Tenant, client: Document, api: Document | None, user: Document, requested: list[str]
) -> list[str]:
    """Return the requested scopes that the tenant's settings allow, each once, in the order requested.

    Without role-based access control that is every scope of the API.
    https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis
    """
    allowed = set(_OIDC_SCOPES)
    if "refresh_token" in client["grant_types"] and (api is None or api["allow_offline_access"]):
        allowed.add("offline_access")
    if api is not None:
        allowed |= _api_scopes(tenant, client, api, user)
    return [scope for scope in dict.fromkeys(requested) if scope in allowed]


def user_permissions(api: Document, user: Document) -> list[str]:
    """Return the permissions of this API that were given to the user."""
    rows = user.get("permissions", [])
    return [row["permission_name"] for row in rows if row["resource_server_identifier"] == api["identifier"]]


def _api_scopes(tenant: Tenant, client: Document, api: Document, user: Document) -> set[str]:
    scopes = {scope["value"] for scope in api.get("scopes", [])}
    policy = api["subject_type_authorization"].get("user", {}).get("policy", "allow_all")
    if policy == "deny_all":
        raise LoginError("access_denied", f"The API {api['identifier']} is closed to users.")
    if policy == "require_client_grant":
        grant = tenant.store.client_grants.find(
            client_id=client["client_id"], audience=api["identifier"], subject_type="user"
        )
        if grant is None:
            raise LoginError("access_denied", f"Client is not authorized to access {api['identifier']}.")
        if not grant.get("allow_all_scopes"):
            scopes &= set(grant["scope"])
    if api.get("enforce_policies"):
        scopes &= set(user_permissions(api, user))
    return scopes
