"""The calls of `make up` to the local tenant; in a real tenant, module auth0 makes these changes."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.errors import OperationError, UserError
from scripts.local_stack.settings import Settings
from scripts.management_api import APPLICATION_MARK, ManagementApi


class LocalTenant:
    """The local tenant's Management API, as `make up` uses it (https://auth0.com/docs/api/management/v2)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._credentials_file = settings.directory / "auth0" / "management.json"

    @functools.cached_property
    def api(self) -> ManagementApi:
        """The Management API with every scope."""
        return ManagementApi(self._settings.issuer.rstrip("/"), _read_credentials(self._credentials_file))

    def client_id(self) -> str:
        """Return the `client_id` of the site's application."""
        clients = self.api.rows("clients", "clients", fields="client_id,client_metadata")
        found = [row["client_id"] for row in clients if APPLICATION_MARK in (row.get("client_metadata") or {})]
        if len(found) != 1:
            raise OperationError(f"the local tenant has {len(found)} applications of the site; try `make clean up`.")
        return str(found[0])

    def connection_names(self) -> list[str]:
        """Return the name of each connection."""
        return [str(connection["name"]) for connection in self.api.rows("connections", "connections")]

    def machine_client_ids(self, access: Mapping[str, Any]) -> dict[str, str]:
        """Return the `client_id` of each machine client that the tenant made from access.yaml, by its name there."""
        clients = self.api.rows("clients", "clients", fields="client_id,name,app_type")
        found = {client["name"]: client["client_id"] for client in clients if client["app_type"] == "non_interactive"}
        return {name: found[wanted["display_name"]] for name, wanted in access["machine_clients"].items()}

    def signing_secret(self) -> str:
        """Return the secret for HS256 access tokens, which the tenant generates when it first signs with HS256.

        Raises:
            UserError: the tenant has no such secret yet.
        """
        secret = self.resource_server().get("signing_secret")
        if not secret:
            raise UserError("the local tenant has no HS256 secret yet; run `make up API_SIGNING_ALGORITHM=HS256`.")
        return str(secret)

    def configure(self) -> None:
        """Apply the settings to the tenant, like module auth0 to a real one. It reads the rest from auth0/ itself."""
        grants = ["implicit"] if self._settings.login_flow == "implicit" else ["authorization_code", "refresh_token"]
        self.api.send("PATCH", f"clients/{self.client_id()}", body={"grant_types": grants})
        algorithm = {"signing_alg": self._settings.api_signing_algorithm}
        self.api.send("PATCH", f"resource-servers/{self.resource_server()['id']}", body=algorithm)

    def resource_server(self) -> dict[str, Any]:
        """Return the API of the project."""
        (found,) = [row for row in self.api.rows("resource-servers", "resource_servers") if not row.get("is_system")]
        return found

    def set_site_origin(self, client_id: str, origin: str) -> None:
        """Allow the site's address for callbacks, logout and cross-origin calls, unless it is already set."""
        wanted = {
            "callbacks": [origin, f"{origin}/"],
            "allowed_logout_urls": [origin, f"{origin}/"],
            "web_origins": [origin],
        }
        client = self.api.get(f"clients/{client_id}")
        if any(client.get(name) != value for name, value in wanted.items()):
            self.api.send("PATCH", f"clients/{client_id}", body=wanted)


def _read_credentials(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {"AUTH0_CLIENT_ID": stored["client_id"], "AUTH0_CLIENT_SECRET": stored["client_secret"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperationError(
            f"{path} cannot be read: another checkout's tenant answers, or its folder was removed.  "
            "Stop it by `make down` where it was started, then run `make up`."
        ) from error
