"""Checks the tenant's connections: those that block an apply, and those with undeclared client ids."""

from collections.abc import Iterator

from scripts.operate import provider_redirect
from scripts.operate.doctor.findings import Finding, note, ok, problem, quoted, warning
from scripts.operate.doctor.tenant import Tenant
from scripts.operate.provider_redirect import NoProviderError


def in_the_way(tenant: Tenant) -> Finding:
    """Whether an apply would create a connection that the tenant already has; Auth0 answers that with 409.

    A preview creates no connection, so the tenant has to have all of them.
    """
    if tenant.target.is_preview:
        return _all_there(tenant)
    ours = {row["name"] for row in tenant.managed_connections}
    wanted = tenant.target.access["connections"].keys() - tenant.target.existing_connections - ours
    found = sorted((row for row in tenant.connections if row["name"] in wanted), key=lambda row: str(row["name"]))
    if not found:
        return ok("none blocks the next apply")
    entries = ", ".join(f'{row["name"]} = "{row["id"]}"' for row in found)
    return problem(
        f"the tenant already has {quoted([row['name'] for row in found])}, so Auth0 would refuse to create it (409)",
        f"take it over: write existing_connection_ids = {{ {entries} }} into {tenant.target.values_file}",
    )


def _all_there(tenant: Tenant) -> Finding:
    missing = sorted(tenant.target.access["connections"].keys() - {row["name"] for row in tenant.connections})
    if missing:
        return problem(
            f"the tenant has no connection {quoted(missing)}, and a preview creates none",
            "create it in the tenant: Auth0 > Authentication; its name is its strategy",
        )
    return ok("the tenant has those of access.yaml")


def keys(tenant: Tenant) -> Finding:
    """Whether each connection sends visitors to its provider with the client id that the tfvars file declares.

    A different client id belongs to Auth0's development keys, or to somebody else's application. The tenant sends it to
    every visitor, so the check needs no scope that shows secrets.
    """
    target = tenant.target
    if target.is_preview:
        return ok("the connections are the tenant's, and a preview changes none")
    if target.account is None:
        return ok("nobody needs any here: the local tenant plays the identity providers itself")
    undeclared = sorted(target.access["connections"].keys() - target.connection_client_ids.keys())
    if undeclared and target.is_production:
        return problem(
            f"{quoted(undeclared)} is not in connection_client_ids, and production refuses Auth0's development keys",
            f"write the client id of the site's application at the provider into {target.values_file}, then set its "
            f"secret with `make secret ENV={target.name} NAME={undeclared[0]}`",
        )
    if tenant.site is None:
        return ok("nothing to compare yet: the first apply has not been")
    try:
        differing = list(_differing(tenant))
    except NoProviderError as error:
        return warning(str(error), "sign in by it once; if that fails, run `make plan`, and read it")
    if differing:
        name, found = differing[0]
        more = f" (so do {quoted([one for one, _ in differing[1:]])})" if differing[1:] else ""
        return (problem if target.is_production else warning)(
            f'"{name}" sends visitors with the client id {found}, and connection_client_ids has another{more}: '
            "Auth0's development keys, or somebody else's",
            f"set yours with `make secret ENV={target.name} NAME={name}`, or correct {target.values_file}",
        )
    if undeclared:
        return note(
            f"{quoted(undeclared)} may use Auth0's development keys: connection_client_ids does not name it",
            f"for keys of its own, write its client id into {target.values_file} and run `make secret`",
        )
    return ok("every connection sends visitors with the declared client id")


def _differing(tenant: Tenant) -> Iterator[tuple[str, str]]:
    """Yield each connection whose client id at its provider is not the declared one, and the id that it sends."""
    site = tenant.site_as_visited
    for name, declared in sorted(tenant.target.connection_client_ids.items()):
        if (found := provider_redirect.client_id(tenant.api, site, name)) != declared:
            yield name, found
