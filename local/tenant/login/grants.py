"""A grant: all the tokens that one sign-in has given an application. They carry the grant's id, and end with the grant.

`end` revokes refresh tokens and opaque access tokens (RFC 6749 §4.1.2, RFC 7009 §2.1). It cannot revoke a JWT: an API
accepts it until it expires.
"""

from local.tenant import identifiers
from local.tenant.store import Store


def new_id() -> str:
    """Return the id of a new grant."""
    return identifiers.alphanumeric(24)


def end(store: Store, grant_id: str) -> None:
    """Revoke the grant's refresh tokens and opaque access tokens."""
    with store.transaction():
        store.refresh_families.delete(grant_id)
        for token in store.opaque_tokens.find_all(grant_id=grant_id):
            store.opaque_tokens.delete(token["fingerprint"])
