"""The record of a user's sign-in at an identity provider."""

from dataclasses import dataclass

from local.tenant.store import Document


@dataclass(frozen=True)
class Authentication:
    """A user, the connection, the browser session, and when the user signed in (seconds since 1970)."""

    user: Document
    connection: Document
    session_id: str
    auth_time: int
