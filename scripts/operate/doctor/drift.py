"""Finds drift that no plan shows: objects in the tenant that others attached to ours."""

from scripts.operate.doctor.findings import Finding, note, ok, problem, quoted, warning
from scripts.operate.doctor.tenant import Tenant

_BEFORE = "nothing to compare yet: the first apply has not been"


def connections(tenant: Tenant) -> Finding:
    """Whether the site's application has a connection that access.yaml does not name.

    A new application gets every connection while the flag `enable_client_connections` is set, as it is by default
    (https://auth0.com/docs/get-started/tenant-settings).
    """
    declared = tenant.target.access["connections"]
    if tenant.site is None:
        strangers = sorted(row["name"] for row in tenant.connections if row["strategy"] not in declared)
        if strangers and tenant.settings.get("flags", {}).get("enable_client_connections", True):
            return note(
                "the tenant enables every connection for a new application, so the site will also offer "
                f"{quoted(strangers)}; the Action denies them",
                "after the first apply, disable them for the site's application",
            )
        return ok(_BEFORE)
    strangers = sorted(row["name"] for row in tenant.connections_of_site if row["name"] not in declared)
    if strangers:
        return warning(
            f'{quoted(strangers)} is enabled for the site\'s application "{tenant.site["name"]}", although access.yaml '
            "does not name it; the Action denies its sign-ins",
            "disable it: Auth0 > Authentication, the connection, Applications",
        )
    return ok("the site has exactly those of access.yaml")


def grants(tenant: Tenant) -> Finding:
    """Whether another application gets tokens for our API on behalf of its users."""
    if tenant.site is None:
        return ok(_BEFORE)
    others = [row["client_id"] for row in tenant.user_grants() if row["client_id"] != tenant.site["client_id"]]
    if others:
        return warning(
            f"{quoted(sorted(map(tenant.application_name, others)))} has a user grant for "
            f"{tenant.target.access['audience']}, so its users get tokens for the APIs",
            "remove it: Auth0 > Applications > APIs, the API, Application Access",
        )
    return ok("only the site gets users' tokens")


def actions(tenant: Tenant) -> Finding:
    """Whether our Action runs at sign-ins, and before any other."""
    if tenant.site is None:
        return ok(_BEFORE)
    ours = {action["id"] for action in tenant.actions if tenant.is_ours(action)}
    order = [action["id"] for action in tenant.post_login]
    if not ours & set(order):
        return problem("our Action does not run at sign-ins, so no token gets a scope", "run `make apply` again")
    before = order[: next(index for index, action in enumerate(order) if action in ours)]
    if before:
        names = [str(action["name"]) for action in tenant.post_login if action["id"] in before]
        return warning(
            f"{quoted(names)} runs before our Action, and may deny or change the site's sign-ins",
            "read it; to move it after ours: Auth0 > Actions > Triggers > post-login",
        )
    return ok("ours is first")
