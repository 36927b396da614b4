"""Token revocation (RFC 7009), which ends the token's whole grant.

https://auth0.com/docs/secure/tokens/refresh-tokens/revoke-refresh-tokens
"""

from local.tenant import identifiers
from local.tenant.errors import OAuthError
from local.tenant.login import grants
from local.tenant.store import Document, Store
from local.tenant.token_endpoint import refresh_tokens


def revoke(store: Store, token: str, client: Document) -> None:
    """End the grant of a refresh token or an opaque access token; an unknown token is not an error (§2.2).

    Raises:
        OAuthError: the token belongs to another application (`invalid_request`), or is a JWT, which cannot be revoked
            (`unsupported_token_type`, §2.2.1).
    """
    if token.count(".") == 2:
        raise OAuthError("unsupported_token_type", "A JWT stays valid until it expires; revoke the refresh token.")
    found = refresh_tokens.find_grant(store, token) or _grant_of_opaque(store, token)
    if found is None:
        return
    grant_id, client_id = found
    if client_id != client["client_id"]:
        raise OAuthError("invalid_request", "The token was not issued to this application.")
    grants.end(store, grant_id)


def _grant_of_opaque(store: Store, token: str) -> tuple[str, str] | None:
    record = store.opaque_tokens.get(identifiers.fingerprint(token))
    return (record["grant_id"], record["login"]["client_id"]) if record else None
