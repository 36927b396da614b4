"""A login: the scopes and claims that a user's sign-in or refresh gives, after the post-login Actions."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from starlette.requests import Request

from local.tenant.login import action_event
from local.tenant.login.actions import run_post_login
from local.tenant.login.authentication import Authentication
from local.tenant.login.permissions import find_api, grantable_scopes
from local.tenant.login.users import roles_of
from local.tenant.store import Document
from local.tenant.tenant import Tenant


@dataclass(frozen=True)
class Login:
    """The content of a login's tokens, which `tokens` makes now or when the application exchanges its code."""

    grant_id: str
    client_id: str
    user_id: str
    connection_id: str
    audience: str | None
    requested_scopes: list[str]
    scopes: list[str]
    session_id: str
    auth_time: int
    tells_auth_time: bool = False  # whether the ID token contains auth_time
    nonce: str | None = None
    access_claims: dict[str, Any] = field(default_factory=dict)
    id_claims: dict[str, Any] = field(default_factory=dict)

    def to_document(self) -> Document:
        """Return the login as a document for the store."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Return the login of a document."""
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
    """Decide the scopes and run the Actions; raise LoginError if the API or an Action refuses.

    `transaction` becomes `event.transaction`; its `protocol` distinguishes a login from a refresh. `query` (of the
    authorization request) and `body` (of the token request) become those of `event.request`.
    """
    api = find_api(tenant, client, audience)
    scopes = grantable_scopes(tenant, client, api, authentication.user, requested_scopes)
    event = action_event.build(
        request,
        client,
        authentication,
        api,
        transaction,
        roles=[role["name"] for role in roles_of(tenant.store, authentication.user)],
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
