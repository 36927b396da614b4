"""Refresh tokens: the tokens of a grant are a family, and the reuse of a token ends its family.

https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation
https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation
"""

import secrets
from dataclasses import dataclass

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.errors import OAuthError
from local.tenant.login import grants
from local.tenant.login.logins import Login
from local.tenant.store import Document, Store

_NEVER = 10.0**11  # seconds since 1970; "infinite" lifetimes


@dataclass(frozen=True)
class Use:
    """One use of a refresh token: its login, its generation, and the `event.refresh_token` for Actions.

    https://auth0.com/docs/actions/reference/post-login/post-login-event-object
    """

    login: Login
    generation: int
    event: Document


def begin_family(store: Store, login: Login, client: Document, now: float) -> str:
    """Begin the family of a grant; return its first token."""
    settings = client["refresh_token"]
    infinite = settings.get("infinite_token_lifetime") or settings["expiration_type"] == "non-expiring"
    end = _NEVER if infinite else now + int(settings["token_lifetime"])
    store.refresh_families.prune(now)
    family = {"login": login.to_document(), "client_id": client["client_id"], "newest": 0, "created_at": now}
    store.refresh_families.put(login.grant_id, {**family, "expires_at": end})
    return _issue(store, login.grant_id, 0, client, now)


def use(store: Store, token: str, client: Document, now: float) -> Use:
    """Return the use of a token and mark it used; raise OAuthError(invalid_grant) if it is unknown, expired or reused.

    Within the application's `leeway` (seconds) the last used token is valid again, for two tabs that refresh at once.
    Any other reuse means that somebody has a copy, and ends the family.
    """
    key = identifiers.fingerprint(token)
    reused = False
    with store.transaction():  # only one of two simultaneous requests finds it unused
        record = store.refresh_tokens.get(key)
        family = store.refresh_families.get(record["grant_id"]) if record else None
        if record is None or family is None or family["client_id"] != client["client_id"]:
            raise _refused()
        if record["expires_at"] <= now or family["expires_at"] <= now:
            raise _refused()
        if _rotates(client):
            reused = _is_reuse(record, family, client, now)
            store.refresh_tokens.put(key, {"used_at": now, **record})
        else:
            store.refresh_tokens.put(key, {**record, "expires_at": _idle_end(client, now)})
    if reused:
        grants.end(store, record["grant_id"])
        raise _refused()
    return Use(Login.from_document(family["login"]), record["generation"], _event(record, family, client))


def next_token(store: Store, used: Use, client: Document, now: float) -> str | None:
    """Return the next token, or None if the application's tokens do not rotate.

    If the family has ended meanwhile, the next token is as invalid as the others.
    """
    if not _rotates(client):
        return None
    generation, grant_id = used.generation + 1, used.login.grant_id
    with store.transaction():
        family = store.refresh_families.get(grant_id)
        if family is not None:
            store.refresh_families.put(grant_id, {**family, "newest": max(generation, family["newest"])})
        return _issue(store, grant_id, generation, client, now)


def give_back(store: Store, token: str) -> None:
    """Mark a token unused again after an Action has refused, so that it still works once the Action is fixed."""
    key = identifiers.fingerprint(token)
    with store.transaction():
        record = store.refresh_tokens.get(key)
        if record is not None:
            store.refresh_tokens.put(key, {name: value for name, value in record.items() if name != "used_at"})


def find_grant(store: Store, token: str) -> tuple[str, str] | None:
    """Return the grant id and client_id of a token; None for any other text."""
    record = store.refresh_tokens.get(identifiers.fingerprint(token))
    family = store.refresh_families.get(record["grant_id"]) if record else None
    return (record["grant_id"], family["client_id"]) if record and family else None


def _event(record: Document, family: Document, client: Document) -> Document:
    login = family["login"]
    moments = {
        "created_at": family["created_at"],
        "expires_at": family["expires_at"],
        "idle_expires_at": record["expires_at"],
        # The last exchange created this token.
        "last_exchanged_at": record["created_at"] if record["generation"] else _NEVER,
    }
    return {
        "id": login["grant_id"],
        "client_id": family["client_id"],
        "user_id": login["user_id"],
        "session_id": login["session_id"],
        "rotating": _rotates(client),
        **{name: timestamp(moment) for name, moment in moments.items() if moment < _NEVER},
    }


def _rotates(client: Document) -> bool:
    return bool(client["refresh_token"]["rotation_type"] == "rotating")


def _is_reuse(record: Document, family: Document, client: Document, now: float) -> bool:
    if "used_at" not in record:
        return False
    leeway = int(client["refresh_token"].get("leeway") or 0)
    is_previous = record["generation"] + 1 >= family["newest"]
    return not is_previous or now - record["used_at"] >= leeway


def _issue(store: Store, grant_id: str, generation: int, client: Document, now: float) -> str:
    token = secrets.token_urlsafe(48)
    store.refresh_tokens.prune(now)
    store.refresh_tokens.put(
        identifiers.fingerprint(token),
        {"grant_id": grant_id, "generation": generation, "created_at": now, "expires_at": _idle_end(client, now)},
    )
    return token


def _idle_end(client: Document, now: float) -> float:
    settings = client["refresh_token"]
    infinite = settings.get("infinite_idle_token_lifetime") or settings["expiration_type"] == "non-expiring"
    return _NEVER if infinite else now + int(settings["idle_token_lifetime"])


def _refused() -> OAuthError:
    return OAuthError("invalid_grant", "Unknown or invalid refresh token.", 403)
