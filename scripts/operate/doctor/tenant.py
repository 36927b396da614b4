"""The checks of the tenant. Each returns a few words when all is well, and raises ProblemError when not."""

from typing import Any

from scripts.local_stack.tenant import APPLICATION
from scripts.management_scopes import TERRAFORM_SCOPES
from scripts.operate.doctor.findings import ProblemError
from scripts.operate.doctor.management import Management
from scripts.operate.doctor.place import Place

_RUNTIME = "node22"
_OLD_RUNTIMES = ("node12", "node16", "node18")
_PRECONFIGURED = "google-oauth2"  # a new tenant has it, with Auth0's development keys


def rules(_: Place, management: Management) -> str:
    """Whether the tenant still has Rules, which have stopped running on 2026-11-18."""
    found = _rows(management.get("rules", per_page=100), "rules")
    if found:
        names = ", ".join(f'"{rule["name"]}"' for rule in found)
        raise ProblemError(
            f"the tenant still has {len(found)} of them ({names}), and Auth0 runs none since 2026-11-18",
            "move what they did to the Action, then delete them: docs/migrate-from-rules.md",
        )
    return "the tenant has none"


def identity(place: Place, management: Management) -> str:
    """Whether the credentials are for the tenant that the environment names."""
    management.get("tenants/settings")
    address = f"{place.tenant_url}/"
    if place.account is not None and address != place.issuer:
        domains = management.get("custom-domains")
        if place.issuer not in {f"https://{domain['domain']}/" for domain in _rows(domains, "custom_domains")}:
            raise ProblemError(
                f"AUTH0_DOMAIN is {address}, but {place.name}.tfvars has the issuer {place.issuer}",
                "load the credentials of that tenant, or correct `issuer`",
            )
        return f"{place.issuer}, a custom domain of {address}"
    return address


def scopes(_: Place, management: Management) -> str:
    """Whether the application behind the credentials may do what Terraform does."""
    missing = sorted(set(TERRAFORM_SCOPES) - management.scopes)
    if missing:
        raise ProblemError(
            f"Terraform's application lacks {', '.join(missing)}",
            "Auth0 > Applications > APIs > Auth0 Management API > Machine to Machine Applications: grant them",
        )
    return f"all {len(TERRAFORM_SCOPES)} that Terraform needs"


def connections(place: Place, management: Management) -> str:
    """Whether the first apply would meet a connection that is there already."""
    clients = _rows(management.get("clients", fields="name"), "clients")
    if any(client["name"] == APPLICATION for client in clients):
        return f"{APPLICATION} is there: the first apply has been"
    found = [
        connection
        for connection in _rows(management.get("connections", strategy=_PRECONFIGURED), "connections")
        if connection["name"] == _PRECONFIGURED and _PRECONFIGURED not in place.existing_connections
    ]
    if found:
        entry = f'existing_connection_ids = {{ {_PRECONFIGURED} = "{found[0]["id"]}" }}'
        raise ProblemError(
            f"the tenant already has {_PRECONFIGURED}, so creating it would answer 409",
            f"take it over: write {entry} into {place.name}.tfvars",
        )
    return "none in the way of the first apply"


def action_runtimes(_: Place, management: Management) -> str:
    """Whether an Action runs on a Node.js that Auth0 has given up or will."""
    old = [
        f'"{action["name"]}" ({action["runtime"]})'
        for action in _rows(management.get("actions/actions", per_page=100), "actions")
        if action.get("runtime", "").removesuffix("-actions") in _OLD_RUNTIMES
    ]
    if old:
        raise ProblemError(f"{', '.join(old)} run on an old Node.js", f"set the runtime to {_RUNTIME} and deploy again")
    return f"all on {_RUNTIME}"


def _rows(answer: Any, key: str) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Return the rows of a list, which comes bare or, with totals, in an object."""
    rows: list[dict[str, Any]] = answer[key] if isinstance(answer, dict) else answer
    return rows
