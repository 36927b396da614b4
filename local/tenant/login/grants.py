"""What one sign-in gave an application: everything made from it carries the grant's id and ends with it.

An access token that is a JWT cannot be taken back: an API believes it until it expires. What ends here are the refresh
tokens and the opaque access tokens (RFC 6749 §4.1.2, RFC 7009 §2.1).
"""

from local.tenant import identifiers
from local.tenant.store import Store


def new_id() -> str:
    """Return the id of a new grant."""
    return identifiers.alphanumeric(24)


def end(store: Store, grant_id: str) -> None:
    """Refuse the grant's refresh tokens and opaque access tokens from now on."""
    with store.transaction():
        store.refresh_families.delete(grant_id)
        for token in store.opaque_tokens.find_all(grant_id=grant_id):
            store.opaque_tokens.delete(token["fingerprint"])
