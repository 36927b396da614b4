"""Checks the tenant's connections: those that block an apply, and those whose keys an apply would erase."""

from typing import Any

from scripts.operate.doctor.findings import Finding, ok, problem, quoted
from scripts.operate.doctor.tenant import Tenant


def in_the_way(tenant: Tenant) -> Finding:
    """Whether an apply would try to create a connection that the tenant already has, which Auth0 answers with 409.

    A preview creates none, so the tenant has to have them all.
    """
    if tenant.target.is_preview:
        return _all_there(tenant)
    ours = {row["name"] for row in tenant.managed_connections}
    wanted = tenant.target.access["connections"].keys() - tenant.target.existing_connections - ours
    found = sorted((row for row in tenant.connections if row["name"] in wanted), key=lambda row: str(row["name"]))
    if not found:
        return ok("none in the way of the next apply")
    entries = ", ".join(f'{row["name"]} = "{row["id"]}"' for row in found)
    return problem(
        f"the tenant already has {quoted([row['name'] for row in found])}, so creating it would answer 409",
        f"take it over: write existing_connection_ids = {{ {entries} }} into {tenant.target.values_file}",
    )


def _all_there(tenant: Tenant) -> Finding:
    missing = sorted(tenant.target.access["connections"].keys() - {row["name"] for row in tenant.connections})
    if missing:
        return problem(
            f"the tenant has no connection {quoted(missing)}, and a preview makes none",
            "make it in the tenant: Auth0 > Authentication; its name is its strategy",
        )
    return ok("the tenant has those of access.yaml")


def keys(tenant: Tenant) -> Finding:
    """Whether every connection of access.yaml has keys, or may do without and has none to lose."""
    target = tenant.target
    if target.is_preview:
        return ok("the connections are the tenant's, and a preview changes none")
    without = sorted(target.access["connections"].keys() - target.connections_with_keys)
    losing = [name for name in without if _has_keys(tenant.connections, name)]
    if losing and target.account is not None:
        return problem(
            f"{quoted(losing)} has keys in the tenant, and the next apply would erase them for every application",
            "give the same keys in TF_VAR_connection_credentials",
        )
    if refused := [name for name in without if name not in target.development_keys_accepted]:
        return problem(
            f"{quoted(refused)} has no keys of its own, so a plan is refused",
            "give keys in TF_VAR_connection_credentials, or accept Auth0's development keys by its name in "
            f"development_keys_accepted ({target.values_file})",
        )
    if without:
        return ok(f"{quoted(without)} uses Auth0's development keys, as accepted")
    return ok("every connection has its own")


def _has_keys(connections: list[dict[str, Any]], name: str) -> bool:
    return any(row["name"] == name and (row.get("options") or {}).get("client_id") for row in connections)
