"""The check of the tenant's look, which all applications of the tenant share."""

from scripts.operate.doctor.findings import Finding, ok, quoted, warning
from scripts.operate.doctor.tenant import Tenant

_MACHINE = "non_interactive"


def shared(tenant: Tenant) -> Finding:
    """Whether the next apply changes the sign-in pages of other applications, or a look that nobody would see."""
    if not tenant.target.manages_look:
        return ok("left as it is (manage_tenant_look is false)")
    site = (tenant.site or {}).get("client_id")
    others = [
        str(row["name"])
        for row in tenant.applications
        if row["client_id"] != site and row.get("app_type") not in {_MACHINE, "resource_server"}
    ]
    if others:
        return warning(
            f"manage_tenant_look also changes the look, texts and Universal Login of {quoted(others)}",
            f"remove manage_tenant_look from {tenant.target.values_file}, unless you intend that",
        )
    if _classic_page_is_on(tenant):
        return warning(
            "a customised classic login page is switched on, so Auth0 shows it instead of our look",
            "switch it off: Auth0 > Branding > Universal Login > Advanced Options > Login",
        )
    return ok("the tenant serves no other application")


def _classic_page_is_on(tenant: Tenant) -> bool:
    """Return whether the custom page of all applications is on; the global client holds that setting."""
    fields = "client_id,custom_login_page,custom_login_page_on"
    rows = tenant.api.rows("clients", "clients", is_global="true", fields=fields, include_fields="true")
    return any(row.get("custom_login_page_on") and row.get("custom_login_page") for row in rows)
