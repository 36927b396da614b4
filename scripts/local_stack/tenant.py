"""The calls to the local tenant that `make up` makes: what module auth0 does for a real one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from scripts.errors import OperationError, UserError
from scripts.local_stack.settings import Settings

APPLICATION = "AWSDemo"


class LocalTenant:
    """The local tenant's Management API, as `make up` uses it (https://auth0.com/docs/api/management/v2)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._credentials_file = settings.directory / "auth0" / "management.json"

    def client_id(self) -> str:
        """Return the `client_id` of the site's application."""
        clients = self._call("GET", "/api/v2/clients", params={"fields": "client_id,name"})
        found = [client["client_id"] for client in clients if client["name"] == APPLICATION]
        if len(found) != 1:
            raise OperationError(
                f"the local tenant has {len(found)} applications named {APPLICATION}; try `make clean up`."
            )
        return str(found[0])

    def connection_names(self) -> list[str]:
        """Return the name of each connection."""
        return [str(connection["name"]) for connection in self._call("GET", "/api/v2/connections")]

    def machine_client_ids(self, access: Mapping[str, Any]) -> dict[str, str]:
        """Return the `client_id` of each machine client that the tenant made from access.yaml, by its name there."""
        clients = self._call("GET", "/api/v2/clients", params={"fields": "client_id,name,app_type"})
        found = {client["name"]: client["client_id"] for client in clients if client["app_type"] == "non_interactive"}
        return {name: found[wanted["display_name"]] for name, wanted in access["machine_clients"].items()}

    def signing_secret(self) -> str:
        """Return the secret that HS256 signs access tokens with; the tenant made it when it first signed so.

        Raises:
            UserError: it never did.
        """
        secret = self._api().get("signing_secret")
        if not secret:
            raise UserError("the local tenant has no secret of HS256 yet; run `make up API_SIGNING_ALGORITHM=HS256`.")
        return str(secret)

    def configure(self) -> None:
        """Bring the tenant to the settings, as module auth0 brings a real one; the rest it takes from auth0/ itself."""
        grants = ["implicit"] if self._settings.login_flow == "implicit" else ["authorization_code", "refresh_token"]
        self._call("PATCH", f"/api/v2/clients/{self.client_id()}", json={"grant_types": grants})
        algorithm = {"signing_alg": self._settings.api_signing_algorithm}
        self._call("PATCH", f"/api/v2/resource-servers/{self._api()['id']}", json=algorithm)

    def _api(self) -> dict[str, Any]:
        apis = self._call("GET", "/api/v2/resource-servers")
        (api,) = [api for api in apis if not api.get("is_system")]
        return dict(api)

    def set_site_origin(self, client_id: str, origin: str) -> None:
        """Allow the site's address for callbacks, logout and cross-origin calls; nothing is sent when it is set."""
        wanted = {
            "callbacks": [origin, f"{origin}/"],
            "allowed_logout_urls": [origin, f"{origin}/"],
            "web_origins": [origin],
        }
        client = self._call("GET", f"/api/v2/clients/{client_id}")
        if any(client.get(name) != value for name, value in wanted.items()):
            self._call("PATCH", f"/api/v2/clients/{client_id}", json=wanted)

    def _call(self, method: str, path: str, *, params: Mapping[str, str] | None = None, json: object = None) -> Any:  # noqa: ANN401 -- JSON
        try:
            with httpx.Client(base_url=self._settings.issuer, timeout=20, trust_env=False) as client:
                answer = client.request(method, path, headers=self._authorization(client), params=params, json=json)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise OperationError(f"the local tenant did not answer {method} {path}: {type(error).__name__}") from error

    def _authorization(self, client: httpx.Client) -> Mapping[str, str]:
        audience = {"grant_type": "client_credentials", "audience": f"{self._settings.issuer}api/v2/"}
        answer = client.post("/oauth/token", data={**audience, **_read_credentials(self._credentials_file)})
        answer.raise_for_status()
        return {"authorization": f"Bearer {answer.json()['access_token']}"}


def _read_credentials(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {"client_id": stored["client_id"], "client_secret": stored["client_secret"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperationError(f"{path} cannot be read; `make clean up` makes a new tenant.") from error
