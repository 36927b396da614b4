"""Reads the tenant through its Management API (https://auth0.com/docs/api/management/v2)."""

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from scripts import tenant_api
from scripts.check.cloud_root.living_tenant import OUR_ACTION
from scripts.errors import OperationError
from scripts.management_api import APPLICATION_MARK, ManagementApi
from scripts.management_scopes import terraform_scopes

_CREDENTIALS = ("client_id", "client_secret")
# Without connections: Terraform removes them from its state and leaves them in the tenant.
_KINDS = ("clients", "client-grants", "resource-servers", "actions/actions")


@dataclass(frozen=True)
class Declaration:
    """The tenant as the project's files declare it: access.yaml, the Action's code, and the API in Auth0's words."""

    access: Mapping[str, Any]
    action_code: str
    api: Mapping[str, Any]

    @property
    def token_lifetime_seconds(self) -> int:
        """The lifetime of an access token."""
        return int(self.api["token_lifetime"])


class Tenant:
    """The tenant of a check; a context manager, because it holds an HTTP connection."""

    def __init__(self, domain: str, certificate: Path, credentials: Mapping[str, str]) -> None:
        self._url = f"https://{domain}"
        self._certificate = certificate
        self._application = credentials
        self.api = self.api_of(credentials)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.api.__exit__()

    def api_of(self, application: Mapping[str, str]) -> ManagementApi:
        """Return the Management API for an application, given by `client_id` and `client_secret`."""
        named = {f"AUTH0_{name.upper()}": application[name] for name in _CREDENTIALS}
        return ManagementApi(self._url, {**named, "SSL_CERT_FILE": str(self._certificate)})

    def inventory(self) -> set[str]:
        """Return all objects that a root could leave, as `<kind> <id>`."""
        found = {f"{kind} {item.get('id') or item['client_id']}" for kind in _KINDS for item in self._list(kind)}
        return found | {f"binding {binding['id']}" for binding in self._list("actions/triggers/post-login/bindings")}

    def create_application_for_terraform(self, *, manages_look: bool) -> dict[str, str]:
        """Create a machine-to-machine application with the scopes that Terraform needs; return its credentials."""
        body: dict[str, Any] = {
            "name": f"Terraform{' and the look' if manages_look else ''}",
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
        }
        client = self.api.send("POST", "clients", body=body)
        scopes = terraform_scopes(manages_look=manages_look)
        audience = f"{self._url}/api/v2/"
        grant = {"client_id": client["client_id"], "audience": audience, "scope": scopes}
        self.api.send("POST", "client-grants", body=grant)
        return {name: client[name] for name in _CREDENTIALS}

    def machine_token(self, client_id: str, audience: str) -> str:
        """Return an access token that a machine client gets with its secret (RFC 6749 section 4.4)."""
        client = self.api.get(f"clients/{client_id}")
        form = {
            "grant_type": "client_credentials",
            "audience": audience,
            **{name: client[name] for name in _CREDENTIALS},
        }
        verify = ssl.create_default_context(cafile=self._certificate)
        with httpx.Client(verify=verify, timeout=30, trust_env=False) as http:
            answer = http.post(f"{self._url}/oauth/token", data=form)
        if answer.status_code != httpx.codes.OK:
            raise OperationError(f"{client['name']} gets no token: {answer.status_code} {answer.text[:200]}")
        return str(answer.json()["access_token"])

    def connection_names(self) -> set[str]:
        """Return the names of all connections."""
        return {str(connection["name"]) for connection in self._list("connections")}

    def connection_id(self, name: str) -> str:
        """Return the id of the connection with a name."""
        return str(next(row["id"] for row in self._list("connections") if row["name"] == name))

    def enable_connection(self, connection_id: str, client_id: str) -> None:
        """Enable a connection for an application, as Auth0 does for a new application."""
        self.api.send("PATCH", f"connections/{connection_id}/clients", body=[{"client_id": client_id, "status": True}])

    def problems(self, declared: Declaration, client_id: str, site_url: str) -> list[str]:
        """Return a sentence for each object of the tenant that differs from its declaration."""
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
        for name, value in tenant_api.differences(apis[0], declared.api).items():
            yield f"the API's {name} is {apis[0].get(name)}, and `make secret` would make it {value}"

    def _application_problems(self, client_id: str, site_url: str) -> Iterator[str]:
        named = [
            client for client in self._list("clients") if APPLICATION_MARK in (client.get("client_metadata") or {})
        ]
        if [client["client_id"] for client in named] != [client_id]:
            yield f"{len(named)} applications call themselves the site's, and not the one that Terraform put out"
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
        for name in access["connections"]:
            connection = connections.get(name)
            if connection is None:
                yield f"the tenant lacks the connection {name}"
                continue
            if client_id not in self.api.clients_of_connection(connection["id"]):
                yield f"the connection {name} is not open to the application"
            if connection["strategy"] != name:
                yield f"the connection {name} has the strategy {connection['strategy']}"

    def _action_problems(self, action_code: str) -> Iterator[str]:
        ours = [action for action in self._list("actions/actions") if action["name"] == OUR_ACTION]
        bound = [binding["action"]["id"] for binding in self._list("actions/triggers/post-login/bindings")]
        if len(ours) != 1 or bound.count(ours[0]["id"]) != 1:
            yield f"the tenant has {len(ours)} Actions {OUR_ACTION}, and not one of them bound to post-login"
            return
        deployed = ours[0].get("deployed_version") or {}
        if not deployed.get("deployed") or not ours[0]["all_changes_deployed"]:
            yield "the Action is not deployed"
        if not (deployed.get("code", "").startswith("const ACCESS = {") and deployed["code"].endswith(action_code)):
            yield "the deployed Action is not the code of this project"

    def _list(self, path: str) -> list[dict[str, Any]]:
        """Return the items of a collection, without the tenant's own Management API and application."""
        key = "bindings" if path.endswith("bindings") else path.rpartition("/")[2].replace("-", "_")
        return [item for item in self.api.rows(path, key) if not item.get("is_system")]
