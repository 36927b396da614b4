"""From a user who proved who they are to what the tokens will say: one run of the post-login trigger."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from starlette.requests import Request

from local_tenant.actions import run_post_login
from local_tenant.permissions import find_api, grantable_scopes
from local_tenant.store import Document
from local_tenant.tenant import Tenant


@dataclass(frozen=True)
class Login:
    """Everything needed to make the tokens of one login, now or when a code is exchanged."""

    client_id: str
    user_id: str
    connection_id: str
    audience: str | None
    requested_scopes: list[str]
    scopes: list[str]
    session_id: str
    auth_time: int
    nonce: str | None = None
    access_claims: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)

    def to_document(self) -> Document:
        """Return the login as it is kept in the store."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Return the login that was kept."""
        return cls(**document)


@dataclass(frozen=True)
class Authentication:
    """Who signed in, how, when, and in which browser session."""

    user: Document
    connection: Document
    session_id: str
    auth_time: int


async def log_in(
    tenant: Tenant,
    request: Request,
    client: Document,
    authentication: Authentication,
    *,
    audience: str | None,
    requested_scopes: list[str],
    nonce: str | None,
    transaction: dict[str, Any],
) -> Login:
    """Decide the scopes and run the Actions; raise LoginError when the API or an Action refuses.

    `transaction` becomes `event.transaction`; its `protocol` tells a login from a refresh.
    """
    api = find_api(tenant, audience)
    scopes = grantable_scopes(tenant, client, api, authentication.user, requested_scopes)
    event = _event(request, client, authentication, api, transaction)
    outcome = await run_post_login(tenant.store, tenant.actions, event, scopes)
    return Login(
        client_id=client["client_id"],
        user_id=authentication.user["user_id"],
        connection_id=authentication.connection["id"],
        audience=audience,
        requested_scopes=requested_scopes,
        scopes=outcome.scopes,
        session_id=authentication.session_id,
        auth_time=authentication.auth_time,
        nonce=nonce,
        access_claims=outcome.access_claims,
        id_claims=outcome.id_claims,
    )


def _event(
    request: Request,
    client: Document,
    authentication: Authentication,
    api: Document | None,
    transaction: dict[str, Any],
) -> dict[str, Any]:
    connection, user = authentication.connection, authentication.user
    profile = {name: value for name, value in user.items() if name not in ("permissions", "logins_count")}
    strategy = connection["strategy"]
    identity = {"connection": connection["name"], "provider": strategy, "isSocial": True}
    return {
        "tenant": {"id": "localhost"},
        "client": {
            "client_id": client["client_id"],
            "name": client["name"],
            "metadata": client.get("client_metadata", {}),
        },
        "connection": {
            "id": connection["id"],
            "name": connection["name"],
            "strategy": strategy,
            "metadata": connection.get("metadata", {}),
        },
        "user": {
            "app_metadata": {},
            "user_metadata": {},
            **profile,
            "identities": [{**identity, "user_id": user["user_id"].partition("|")[2]}],
        },
        **({"resource_server": {"identifier": api["identifier"]}} if api else {}),
        "authorization": {"roles": []},
        "authentication": {"methods": [{"name": "federated", "timestamp": _iso(authentication.auth_time)}]},
        "request": {
            "hostname": "localhost",
            "ip": request.client.host if request.client else "127.0.0.1",
            "method": request.method,
            "query": {},
            "body": {},
            "user_agent": request.headers.get("user-agent", ""),
        },
        "session": {"id": authentication.session_id},
        "stats": {"logins_count": user.get("logins_count", 1)},
        "transaction": {"acr_values": [], "ui_locales": [], "locale": "en", **transaction},
    }


def _iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))
