"""Checks that the credentials, the tenant and its plan fit the next apply."""

import httpx

from scripts.management_api import ManagementError
from scripts.management_scopes import DANGEROUS, OPTIONS, RULES_SCOPE, is_reading, reading_scopes, terraform_scopes
from scripts.operate.doctor.findings import Finding, note, ok, problem, quoted, warning
from scripts.operate.doctor.tenant import Tenant

_HS256 = "HS256"
_RUNTIME = "node22"
_OLD_RUNTIMES = ("node12", "node16", "node18")
# https://auth0.com/docs/troubleshoot/customer-support/operational-policies/entity-limit-policy
_FREE_PLAN = {"social connections": 2, "applications": 10, "APIs": 10}
# fmt: off
_NOT_SOCIAL = frozenset((
    "ad", "adfs", "auth0", "auth0-adldap", "custom", "email", "google-apps", "ip", "oidc", "okta", "office365",
    "pingfederate", "samlp", "sharepoint", "sms", "waad",
))
# fmt: on


def rules(tenant: Tenant) -> Finding:
    """Whether the tenant still has Rules, which stopped running on 2026-11-18.

    https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations
    """
    try:
        found = tenant.api.rows("rules", "rules")
    except ManagementError as error:
        if error.status == httpx.codes.FORBIDDEN:
            return ok(f"not checked, because the application lacks {RULES_SCOPE}")
        if error.status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            return ok("the tenant has no Rules")
        raise
    if not found:
        return ok("the tenant has none")
    return problem(
        f"the tenant still has {len(found)} of them ({quoted([rule['name'] for rule in found])}), "
        "which Auth0 has not run since 2026-11-18",
        "move their decisions to access.yaml, then delete them: docs/migrate-from-rules.md",
    )


def identity(tenant: Tenant) -> Finding:
    """Whether the credentials are for the tenant that the environment names."""
    target = tenant.target
    _ = tenant.settings
    address = f"{target.tenant_url}/"
    if target.account is None or address == target.issuer:
        return ok(address)
    domains = tenant.api.get("custom-domains")
    rows = domains["custom_domains"] if isinstance(domains, dict) else domains
    if target.issuer in {f"https://{domain['domain']}/" for domain in rows}:
        return ok(f"{target.issuer}, a custom domain of {address}")
    return problem(
        f"AUTH0_DOMAIN is {address}, but {target.values_file} has the issuer {target.issuer}",
        "load the credentials of that tenant, or correct `issuer`",
    )


def scopes(tenant: Tenant) -> Finding:
    """Whether the application of the credentials has the scopes that Terraform needs, and none that could do harm.

    An application that only reads, such as that of a pipeline's plan, needs only the reading scopes.
    """
    needed = terraform_scopes(manages_look=tenant.target.manages_look)
    only_reads = is_reading(tenant.api.scopes)
    if only_reads:
        needed = reading_scopes(needed)
    where = "Auth0 > Applications > APIs > Auth0 Management API > Machine to Machine Applications"
    if missing := sorted(set(needed) - tenant.api.scopes):
        return problem(f"Terraform's application lacks {', '.join(missing)}", f"{where}: grant them")
    # The local tenant's application has every scope; nothing valuable is in reach of them.
    if tenant.target.account is not None and (finding := _too_much(tenant, where)):
        return finding
    if only_reads:
        return ok(f"all {len(needed)} that a plan needs; the application only reads, so it cannot apply")
    return ok(f"all {len(needed)} that Terraform needs")


def _too_much(tenant: Tenant, where: str) -> Finding | None:
    """Return a finding about harmful scopes of Terraform's application; None if it has none."""
    if dangerous := sorted(DANGEROUS & tenant.api.scopes):
        return warning(
            f"Terraform's application has {', '.join(dangerous)}, and Auth0 deletes a connection with all its users",
            f"{where}: remove the scope, because nothing here needs it",
        )
    if shown := sorted(OPTIONS & tenant.api.scopes):
        return warning(
            f"Terraform's application has {', '.join(shown)}, so the state gets the connections' secrets",
            f"{where}: take the scope away; `make secret` uses an application of its own",
        )
    if any(row.get("options") for row in tenant.connections):
        return warning(
            "the tenant shows options of connections to an application without read:connections_options, so the state "
            "gets the connections' secrets",
            "Auth0 > Settings > Advanced > Migrations: switch Allow Connections Management without Options Scopes off",
        )
    return None


def api(tenant: Tenant) -> Finding:
    """Whether the tenant's API fits the environment's algorithm: Terraform declares it only with RS256."""
    target = tenant.target
    audience, wanted = target.access["audience"], target.api_signing_algorithm
    found = next((row for row in tenant.apis if row["identifier"] == audience), None)
    if wanted == _HS256:
        if found is None or found["signing_alg"] != wanted:
            has = "has no API" if found is None else f"signs with {found['signing_alg']} the tokens of"
            return problem(f"the tenant {has} {audience}", f"run `make secret ENV={target.name} NAME=api` first")
        return ok(f"{audience} signs with {wanted}")
    if found is None:
        return ok("the first apply makes it")
    if found["signing_alg"] == _HS256 and target.account is not None and found["id"] != target.existing_api_id:
        return problem(
            f"{audience} signs with {_HS256}, and {target.name} uses {wanted}; Terraform does not manage that API",
            f'take it over: write existing_api_id = "{found["id"]}" into {target.values_file}',
        )
    return ok(f"{audience} signs with {found['signing_alg']}")


def runtimes(tenant: Tenant) -> Finding:
    """Whether an Action runs on a Node.js version that Auth0 no longer supports or will drop."""
    old = [
        f'"{action["name"]}" ({action["runtime"]})'
        for action in tenant.actions
        if str(action.get("runtime") or "").removesuffix("-actions") in _OLD_RUNTIMES
    ]
    if old:
        return warning(f"{', '.join(old)} run on an old Node.js", f"set the runtime to {_RUNTIME} and deploy again")
    return ok(f"all on {_RUNTIME}")


def limits(tenant: Tenant) -> Finding:
    """Whether the next apply exceeds the limits of the Free plan; the API does not say which plan a tenant has."""
    access = tenant.target.access
    present = {row["name"] for row in tenant.connections if row["strategy"] not in _NOT_SOCIAL}
    names = {row["name"] for row in tenant.applications}
    wanted = [row["display_name"] for row in access.get("machine_clients", {}).values()]
    after = {
        "social connections": len(present | access["connections"].keys()),
        "applications": len(tenant.applications) + (tenant.site is None) + len(set(wanted) - names),
        "APIs": len({row["identifier"] for row in tenant.apis} | {access["audience"]}),
    }
    if above := [
        f"{count} {kind} (Free takes {_FREE_PLAN[kind]})" for kind, count in after.items() if count > _FREE_PLAN[kind]
    ]:
        return note(
            f"after the next apply the tenant has {' and '.join(above)}",
            "on the Free plan, delete unused ones or change the plan: Auth0 refuses the next one",
        )
    return ok(
        ", ".join(f"{count} {kind}" for kind, count in after.items()) + " after the next apply: the Free plan takes it"
    )
