"""The tenant as one object, which every request handler uses."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from local.tenant import look
from local.tenant.action_process import ActionProcess
from local.tenant.faults import Faults
from local.tenant.listeners import Listeners
from local.tenant.look import Logo, Look
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Document, Store
from local.tenant.tenant_log import TenantLog


@dataclass(frozen=True)
class Tenant:
    """The tenant's state, signing keys, listeners, process for Actions, log, logo and faults."""

    store: Store
    keys: SigningKeys
    listeners: Listeners
    actions: ActionProcess
    log: TenantLog = field(default_factory=TenantLog)
    logo: Logo | None = None
    faults: Faults | None = None
    requests_per_second: int | None = None  # above it, the Management API answers 429; None for no limit
    management_scopes: tuple[str, ...] = ()  # every scope of the Management API

    def client(self, client_id: str | None) -> Document | None:
        """Return the application, or None."""
        return self.store.clients.get(client_id) if client_id else None

    def connections_of(self, client_id: str) -> list[Document]:
        """Return the connections that are enabled for an application."""
        return [row for row in self.store.connections.values() if client_id in row["enabled_clients"]]

    def connection_of(self, client_id: str, name: str) -> Document | None:
        """Return the connection of that name if it is enabled for the application, else None."""
        return next((row for row in self.connections_of(client_id) if row["name"] == name), None)

    def look(self) -> Look:
        """Return the look of the tenant's pages now."""
        return look.of(self.store, self.logo)


def tenant_of(request: Request) -> Tenant:
    """Return the tenant of the application that serves a request."""
    return cast("Tenant", request.app.state.tenant)
