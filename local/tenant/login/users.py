"""The users. The tenant plays the identity providers too, so it makes their user ids."""

import base64
import hashlib

from local.tenant.encodings import timestamp
from local.tenant.store import Document, Store


def user_id(strategy: str, email: str) -> str:
    """Return the id for an e-mail address, always the same, in the form of the provider's ids at Auth0.

    Google: 21 digits; Amazon: `amzn1.account.` and 28 letters and digits.
    """
    digest = hashlib.sha256(f"{strategy}|{email.casefold()}".encode()).digest()
    match strategy:
        case "google-oauth2":
            return f"google-oauth2|1{int.from_bytes(digest) % 10**20:020}"
        case "amazon":
            return f"amazon|amzn1.account.{base64.b32encode(digest).decode()[:28]}"
        case _:
            return f"{strategy}|{digest.hex()[:24]}"


def roles_of(store: Store, user: Document) -> list[Document]:
    """Return the roles that people.yaml gives the person with the user's e-mail address, through any connection."""
    person = store.people.get(user.get("email", "").casefold())
    names = person["roles"] if person else []
    return [role for name in names if (role := store.roles.find(name=name))]


def record_login(store: Store, connection: Document, name: str, email: str, picture: str | None) -> Document:
    """Create or update the user from the provider's data, and count the login."""
    key = user_id(connection["strategy"], email)
    now = timestamp()
    known = store.users.get(key) or {"user_id": key, "created_at": now, "logins_count": 0}
    user = {
        **known,
        "name": name,
        "nickname": email.partition("@")[0],
        "email": email,
        "email_verified": True,
        "updated_at": now,
        "logins_count": known["logins_count"] + 1,
    }
    user.pop("picture", None)
    if picture:
        user["picture"] = picture
    store.users.put(key, user)
    return user
