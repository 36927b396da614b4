"""Our API in the tenant, which Auth0 also calls a resource server: its declared settings, and the present ones."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.build.data_files.documents import read_yaml
from scripts.management_api import ManagementApi
from scripts.tools import ROOT

SCOPES = frozenset({"read:resource_servers", "create:resource_servers", "update:resource_servers"})
"""The scopes of the Management API that `make secret NAME=api` needs. Terraform's application has them."""

_SETTINGS = ROOT / "terraform" / "modules" / "auth0" / "api.yaml"


def declared(access: Mapping[str, Any], algorithm: str, settings: Path = _SETTINGS) -> dict[str, Any]:
    """Return the API as the project declares it, in the words of `POST /api/v2/resource-servers`, without its scopes.

    `access` is access.yaml with the environment's audience, `algorithm` RS256 or HS256. `settings` is module auth0's
    api.yaml, from which the module declares the same.
    """
    file = read_yaml(settings)
    machines = "with" if access["machine_clients"] else "without"
    return {
        "identifier": access["audience"],
        "name": access["audience"].removeprefix("https://"),
        "signing_alg": algorithm,
        **file["settings"],
        **file["with_roles" if access["role_based_access_control"] else "without_roles"],
        "subject_type_authorization": {
            "user": {"policy": file["user_policy"]},
            "client": {"policy": file[f"client_policy_{machines}_machine_clients"]},
        },
    }


def find(api: ManagementApi, identifier: str) -> dict[str, Any] | None:
    """Return the tenant's API with an identifier (an `aud`), None if it has none.

    Auth0 has no scope that hides the secret of an HS256 API: the answer has it as `signing_secret`.

    Raises:
        ManagementError: the tenant does not answer, or the credentials lack read:resource_servers.
    """
    rows = api.rows("resource-servers", "resource_servers")
    return next((row for row in rows if row["identifier"] == identifier), None)


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the wanted settings that an API does not have, by name."""
    return {name: value for name, value in wanted.items() if found.get(name) != value}
