"""The page that replaces Google, Amazon or any other identity provider: anyone can sign in as any user."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from starlette.responses import Response

from local.tenant.login import users
from local.tenant.pages import page
from local.tenant.store import Document, Store

type Person = tuple[str, str, str | None]  # name, e-mail address, address of a picture

DEVELOPMENT_CLIENT_ID = "auth0-development-keys"
"""The client id for Auth0's own application at Google or Amazon, whose keys serve a connection without keys."""


def path(connection: Document, login_id: str) -> str:
    """Return the page's path and query for a connection and a pending login.

    As at a real provider, the query has a client id there: that of the application whose keys the connection has
    (RFC 6749 section 4.1.1).
    """
    client_id = connection.get("options", {}).get("client_id") or DEVELOPMENT_CLIENT_ID
    query = urlencode({"client_id": client_id, "state": login_id})
    return f"/u/identity-provider/{quote(connection['name'], safe='')}?{query}"


def title(connection: Document) -> str:
    """Return a connection's name for people."""
    return str(connection.get("display_name") or connection["name"])


def show(
    store: Store, connection: Document, csrf: str, form_target: str, *, login_hint: str = "", problem: str = ""
) -> Response:
    """Return the page; `login_hint` is the e-mail address to fill in, `problem` a sentence about an invalid form."""
    return page(
        "identity_provider.html",
        status=400 if problem else 200,
        form_target=form_target,
        provider=title(connection),
        people=store.people.values(),
        csrf=csrf,
        login_hint=login_hint,
        problem=problem,
    )


def chosen_person(store: Store, fields: Mapping[str, str]) -> Person | str:
    """Return the person of a submitted form, or a sentence about its mistake."""
    if "person" in fields:
        known = store.people.get(fields["person"])
        return (known["name"], known["email"], None) if known else "Choose one of the people below."
    name, email = fields.get("name", "").strip(), fields.get("email", "").strip()
    picture = fields.get("picture", "").strip()
    if not name or len(name) > 100:
        return "Type a name of at most 100 characters."
    local_part, at, domain = email.rpartition("@")
    if not (local_part and at and domain) or len(email) > 200 or any(character.isspace() for character in email):
        return "Type an e-mail address such as ada@example.com."
    if picture and urlsplit(picture).scheme not in ("http", "https"):
        return "The picture's address must start with http:// or https://."
    return name, email, picture or None


def record_login(store: Store, connection: Document, person: Person) -> Document:
    """Create or update the user of a person."""
    name, email, picture = person
    return users.record_login(store, connection, name, email, picture)
