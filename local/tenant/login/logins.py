"""From a user who proved who they are to what the tokens will say: one run of the post-login trigger."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from starlette.requests import Request

from local.tenant.login import action_event
from local.tenant.login.actions import run_post_login
from local.tenant.login.authentication import Authentication
from local.tenant.login.permissions import find_api, grantable_scopes
from local.tenant.store import Document
from local.tenant.tenant import Tenant


@dataclass(frozen=True)
class Login:
    """Everything needed to make the tokens of one login, now or when a code is exchanged."""

    grant_id: str
    client_id: str
    user_id: str
    connection_id: str
    audience: str | None
    requested_scopes: list[str]
    scopes: list[str]
    session_id: str
    auth_time: int
    tells_auth_time: bool = False  # whether the ID token says when the user signed in
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


async def log_in(
    tenant: Tenant,
    request: Request,
    client: Document,
    authentication: Authentication,
    *,
    grant_id: str,
    audience: str | None,
    requested_scopes: list[str],
    transaction: dict[str, Any],
    nonce: str | None = None,
    tells_auth_time: bool = False,
    query: dict[str, str] | None = None,
    body: dict[str, str] | None = None,
    refresh_token: Document | None = None,
) -> Login:
    """Decide the scopes and run the Actions; raise LoginError when the API or an Action refuses.

    `transaction` becomes `event.transaction`; its `protocol` tells a login from a refresh. `query` (parameters of the
    authorization request) and `body` (fields of the token request) become those of `event.request`.
    """
    api = find_api(tenant, client, audience)
    scopes = grantable_scopes(tenant, client, api, authentication.user, requested_scopes)
    event = action_event.build(
        request,
        client,
        authentication,
        api,
        transaction,
        query=query or {},
        body=body or {},
        refresh_token=refresh_token,
    )
    outcome = await run_post_login(tenant.store, tenant.actions, tenant.log, event, scopes)
    return Login(
        grant_id=grant_id,
        client_id=client["client_id"],
        user_id=authentication.user["user_id"],
        connection_id=authentication.connection["id"],
        audience=api["identifier"] if api else None,
        requested_scopes=requested_scopes,
        scopes=outcome.scopes,
        session_id=authentication.session_id,
        auth_time=authentication.auth_time,
        tells_auth_time=tells_auth_time,
        nonce=nonce,
        access_claims=outcome.access_claims,
        id_claims=outcome.id_claims,
    )
