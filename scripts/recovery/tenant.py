"""Finds objects of an Auth0 tenant by the values that Terraform plans for them, and returns their import identifiers.

The identifiers are those of the section "Import" of each resource's page (auth0/auth0 1.52,
https://registry.terraform.io/providers/auth0/auth0/latest/docs).
"""

from collections.abc import Callable, Iterator

from scripts import tenant_api
from scripts.management_api import ManagementApi
from scripts.recovery.planned import Planned

type _Finder = Callable[[ManagementApi, Planned], Iterator[str]]


def find(api: ManagementApi, kind: str, planned: Planned) -> list[str]:
    """Return the import identifiers of the objects with the planned name: one, none or, rarely, more.

    Raises:
        UnknownValueError: the name depends on a value that Terraform does not know yet.
        ManagementError: the tenant does not answer.
    """
    return list(FINDERS[kind](api, planned))


def _client(api: ManagementApi, planned: Planned) -> Iterator[str]:
    """Yield the applications with the planned name and all the planned metadata, including our mark."""
    marks = (planned.get("client_metadata") or {}).items()
    for row in api.rows("clients", "clients"):
        if row["name"] == planned["name"] and marks <= (row.get("client_metadata") or {}).items():
            yield row["client_id"]


def _client_grant(api: ManagementApi, planned: Planned) -> Iterator[str]:
    client, audience, subject = planned["client_id"], planned["audience"], planned["subject_type"]
    for row in api.rows("client-grants", "client_grants", audience=audience, client_id=client):
        if row.get("subject_type", "client") == subject:
            yield row["id"]


def _resource_server(api: ManagementApi, planned: Planned) -> Iterator[str]:
    if found := tenant_api.find(api, planned["identifier"]):
        yield found["id"]


def _scopes(api: ManagementApi, planned: Planned) -> Iterator[str]:
    identifier = planned["resource_server_identifier"]
    found = tenant_api.find(api, identifier)
    if found and found.get("scopes"):
        yield identifier


def _connection(api: ManagementApi, planned: Planned) -> Iterator[str]:
    for row in api.rows("connections", "connections"):
        if row["name"] == planned["name"]:
            yield row["id"]


def _connection_client(api: ManagementApi, planned: Planned) -> Iterator[str]:
    connection, client = planned["connection_id"], planned["client_id"]
    if client in api.clients_of_connection(connection):
        yield f"{connection}::{client}"


def _action(api: ManagementApi, planned: Planned) -> Iterator[str]:
    for row in api.rows("actions/actions", "actions"):
        if row["name"] == planned["name"]:
            yield row["id"]


def _trigger_action(api: ManagementApi, planned: Planned) -> Iterator[str]:
    trigger, action = planned["trigger"], planned["action_id"]
    for row in api.rows(f"actions/triggers/{trigger}/bindings", "bindings"):
        if row["action"]["id"] == action:
            yield f"{trigger}::{action}"


FINDERS: dict[str, _Finder] = {
    "auth0_action": _action,
    "auth0_client": _client,
    "auth0_client_grant": _client_grant,
    "auth0_connection": _connection,
    "auth0_connection_client": _connection_client,
    "auth0_resource_server": _resource_server,
    "auth0_resource_server_scopes": _scopes,
    "auth0_trigger_action": _trigger_action,
}
"""The finder of each type of the provider auth0/auth0 that terraform/cloud declares and does not import."""
