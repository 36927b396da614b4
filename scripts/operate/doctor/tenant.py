"""Reads the tenant for the checks, each list only once, because the Free plan allows two requests a second."""

import functools
import json
from typing import Any

from scripts.management_api import APPLICATION_MARK, ManagementApi
from scripts.operate.doctor.target import Target
from scripts.operate.provider_redirect import Site

_ACTION_BEGINS = "const ACCESS = "
_TRIGGER = "actions/triggers/post-login/bindings"


class Tenant:
    """The tenant as the Management API describes it; every property raises ManagementError without an answer."""

    def __init__(self, target: Target, api: ManagementApi) -> None:
        self.target = target
        self.api = api

    @functools.cached_property
    def settings(self) -> dict[str, Any]:
        """The tenant's settings."""
        return dict(self.api.get("tenants/settings"))

    @functools.cached_property
    def applications(self) -> list[dict[str, Any]]:
        """The applications, without the global client."""
        fields = "client_id,name,app_type,is_first_party,client_metadata,global,callbacks,grant_types"
        rows = self.api.rows("clients", "clients", fields=fields, include_fields="true")
        return [row for row in rows if not row.get("global")]

    @functools.cached_property
    def site(self) -> dict[str, Any] | None:
        """The site's application; None before the first apply."""
        audience = self.target.access["audience"]
        by_audience = {(row.get("client_metadata") or {}).get(APPLICATION_MARK): row for row in self.applications}
        return by_audience.get(audience)

    @property
    def site_as_visited(self) -> Site:
        """The site's application as a sign-in names it; only call this if `site` is not None."""
        site = self.site or {}
        uses_code = "authorization_code" in site.get("grant_types", ())
        return Site(str(site.get("client_id")), str(next(iter(site.get("callbacks", [])), "")), uses_code)

    def application_name(self, client_id: str) -> str:
        """Return an application's name, or its id if it no longer exists."""
        return next((str(row["name"]) for row in self.applications if row["client_id"] == client_id), client_id)

    @functools.cached_property
    def connections(self) -> list[dict[str, Any]]:
        """The connections."""
        return self.api.rows("connections", "connections")

    @functools.cached_property
    def connections_of_site(self) -> list[dict[str, Any]]:
        """The connections that are enabled for the site's application."""
        site = self.site
        if site is None:
            return []
        return [row for row in self.connections if site["client_id"] in self.api.clients_of_connection(row["id"])]

    @functools.cached_property
    def apis(self) -> list[dict[str, Any]]:
        """The APIs, without Auth0's own."""
        rows = self.api.rows("resource-servers", "resource_servers")
        return [row for row in rows if not row.get("is_system")]

    @functools.cached_property
    def actions(self) -> list[dict[str, Any]]:
        """All Actions with their code."""
        return self.api.rows("actions/actions", "actions")

    @functools.cached_property
    def post_login(self) -> list[dict[str, Any]]:
        """The Actions bound to post-login, in the order in which they run: `id` and `name`."""
        return [row["action"] for row in self.api.rows(_TRIGGER, "bindings")]

    @functools.cached_property
    def managed_connections(self) -> list[dict[str, Any]]:
        """The site's connections that the last apply knew: those in our Action's access.yaml; without an Action, all.

        Auth0 also enables connections of others for the site, unless the tenant's flag forbids it.
        """
        carried = [access for access in map(self._carried, self.actions) if access]
        known = {name for access in carried for name in access.get("connections", {})}
        return [row for row in self.connections_of_site if row["name"] in known or not carried]

    def is_ours(self, action: dict[str, Any]) -> bool:
        """Return whether an Action is this project's: its first line holds an access.yaml with our audience."""
        return self._carried(action) is not None

    def _carried(self, action: dict[str, Any]) -> dict[str, Any] | None:
        """Return the access.yaml that our Action carries; None for any other Action."""
        first, _, _ = str(action.get("code") or "").partition(";\n")
        if not first.startswith(_ACTION_BEGINS):
            return None
        try:
            carried = json.loads(first.removeprefix(_ACTION_BEGINS))
        except ValueError:
            return None
        is_ours = isinstance(carried, dict) and carried.get("audience") == self.target.access["audience"]
        return carried if is_ours else None

    def user_grants(self) -> list[dict[str, Any]]:
        """Return the grants by which applications get tokens for our API on behalf of a user."""
        rows = self.api.rows("client-grants", "client_grants", audience=self.target.access["audience"])
        return [row for row in rows if row.get("subject_type") == "user"]
