"""The tenant as its Management API shows it (https://auth0.com/docs/api/management/v2)."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from scripts.errors import OperationError
from scripts.management_scopes import TERRAFORM_SCOPES

APPLICATION = "AWSDemo"
_CREDENTIALS = ("client_id", "client_secret")
_KINDS = ("clients", "client-grants", "resource-servers", "connections", "actions/actions")


@dataclass(frozen=True)
class Declaration:
    """What the project's files say of the tenant: access.yaml, the Action's code, and how long a token lives."""

    access: Mapping[str, Any]
    action_code: str
    token_lifetime_seconds: int


class Tenant:
    """A client of the Management API; a context manager, as it holds a connection."""

    def __init__(self, domain: str, certificate: Path, credentials: Mapping[str, str]) -> None:
        context = ssl.create_default_context(cafile=certificate)
        self._client = httpx.Client(base_url=f"https://{domain}", verify=context, timeout=20, trust_env=False)
        self._audience = f"https://{domain}/api/v2/"
        form = {"grant_type": "client_credentials", "audience": self._audience, **credentials}
        answer = self._client.post("/oauth/token", data=form)
        answer.raise_for_status()
        self._client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def inventory(self) -> set[str]:
        """Return all that a root could leave behind, as `<kind> <id>`."""
        found = {f"{kind} {item.get('id') or item['client_id']}" for kind in _KINDS for item in self._list(kind)}
        return found | {f"binding {binding['id']}" for binding in self._list("actions/triggers/post-login/bindings")}

    def create_connection(self, strategy: str) -> str:
        """Create a social connection with Auth0's development keys, as a new tenant has; return its id."""
        return str(self._post("connections", {"name": strategy, "strategy": strategy})["id"])

    def create_application_for_terraform(self) -> dict[str, str]:
        """Create a machine-to-machine application with the scopes that Terraform needs; return its credentials."""
        body: dict[str, Any] = {
            "name": "Terraform",
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
        }
        client = self._post("clients", body)
        grant = {"client_id": client["client_id"], "audience": self._audience, "scope": TERRAFORM_SCOPES}
        self._post("client-grants", grant)
        return {name: client[name] for name in _CREDENTIALS}

    def machine_token(self, client_id: str, audience: str) -> str:
        """Return an access token that a machine client gets with its secret (RFC 6749 §4.4)."""
        client = self._get(f"clients/{client_id}")
        form = {"grant_type": "client_credentials", "audience": audience}
        answer = self._client.post("/oauth/token", data=form | {name: client[name] for name in _CREDENTIALS})
        if answer.status_code != httpx.codes.OK:
            raise OperationError(f"{client['name']} gets no token: {answer.status_code} {answer.text[:200]}")
        return str(answer.json()["access_token"])

    def problems(self, declared: Declaration, client_id: str, site_url: str) -> list[str]:
        """Return a sentence for each thing of the tenant that is not as it is declared."""
        return [
            *self._api_problems(declared),
            *self._application_problems(client_id, site_url),
            *self._connection_problems(declared.access, client_id),
            *self._action_problems(declared.action_code),
        ]

    def _api_problems(self, declared: Declaration) -> Iterator[str]:
        access = declared.access
        apis = [api for api in self._list("resource-servers") if api["identifier"] == access["audience"]]
        if len(apis) != 1:
            yield f"the tenant has {len(apis)} APIs {access['audience']}"
            return
        scopes = {scope["value"]: scope["description"] for scope in apis[0].get("scopes", [])}
        if scopes != access["scopes"]:
            yield f"the API has the scopes {sorted(scopes)}"
        lifetimes = {apis[0]["token_lifetime"], apis[0]["token_lifetime_for_web"]}
        if lifetimes != {declared.token_lifetime_seconds}:
            yield f"the API's tokens live for {sorted(lifetimes)} seconds, not {declared.token_lifetime_seconds}"
        if apis[0]["signing_alg"] != "RS256" or not apis[0]["allow_offline_access"]:
            yield "the API does not sign with RS256, or gives no refresh tokens"

    def _application_problems(self, client_id: str, site_url: str) -> Iterator[str]:
        named = [client for client in self._list("clients") if client["name"] == APPLICATION]
        if [client["client_id"] for client in named] != [client_id]:
            yield f"the applications named {APPLICATION} are not the one that Terraform put out"
            return
        wanted = {
            "app_type": "spa",
            "oidc_conformant": True,
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        }
        for name, value in wanted.items():
            if named[0].get(name) != value:
                yield f"the application's {name} is {named[0].get(name)}"
        for name in ("callbacks", "allowed_logout_urls", "web_origins"):
            if site_url not in named[0].get(name, []):
                yield f"the application's {name} lack {site_url}"
        if named[0]["refresh_token"]["rotation_type"] != "rotating":
            yield "the application's refresh tokens do not rotate"

    def _connection_problems(self, access: Mapping[str, Any], client_id: str) -> Iterator[str]:
        connections = {connection["name"]: connection for connection in self._list("connections")}
        if connections.keys() != access["connections"].keys():
            yield f"the tenant has the connections {sorted(connections)}"
        for name, connection in connections.items():
            clients = self._get(f"connections/{connection['id']}/clients")["clients"]
            if client_id not in [client["client_id"] for client in clients]:
                yield f"the connection {name} is not open to the application"
            if connection["strategy"] != name:
                yield f"the connection {name} has the strategy {connection['strategy']}"

    def _action_problems(self, action_code: str) -> Iterator[str]:
        actions = self._list("actions/actions")
        bound = [binding["action"]["id"] for binding in self._list("actions/triggers/post-login/bindings")]
        if len(actions) != 1 or bound != [actions[0]["id"]]:
            yield f"the tenant has {len(actions)} Actions, {len(bound)} of them bound to post-login"
            return
        deployed = actions[0].get("deployed_version") or {}
        if not deployed.get("deployed") or not actions[0]["all_changes_deployed"]:
            yield "the Action is not deployed"
        if not (deployed.get("code", "").startswith("const ACCESS = {") and deployed["code"].endswith(action_code)):
            yield "the deployed Action is not the code of this project"

    def _list(self, path: str) -> list[dict[str, Any]]:
        """Return the items of a collection, whose first page is enough here; it comes bare or under its name."""
        found = self._get(path)
        items = found if isinstance(found, list) else next(value for value in found.values() if isinstance(value, list))
        # The tenant's own Management API and application are no business of Terraform's.
        return [item for item in items if not item.get("is_system")]

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._client.post(f"/api/v2/{path}", json=body)
        answer.raise_for_status()
        created: dict[str, Any] = answer.json()
        return created

    def _get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        answer = self._client.get(f"/api/v2/{path}")
        if answer.status_code != httpx.codes.OK:
            raise OperationError(f"GET /api/v2/{path} answers {answer.status_code}: {answer.text[:200]}")
        return answer.json()
