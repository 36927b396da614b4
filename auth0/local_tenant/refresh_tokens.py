"""Refresh tokens: each login's tokens are a family, and a token that comes back after its use ends the family.

https://auth0.com/docs/secure/tokens/refresh-tokens/refresh-token-rotation
"""

import secrets

from local_tenant import identifiers
from local_tenant.errors import OAuthError
from local_tenant.logins import Login
from local_tenant.store import Document, Store

_NEVER = 10.0**11  # seconds since 1970; "infinite" lifetimes


def begin_family(store: Store, login: Login, client: Document, now: float) -> tuple[str, str]:
    """Return the family's id and its first token."""
    settings = client["refresh_token"]
    family = identifiers.alphanumeric(24)
    infinite = settings.get("infinite_token_lifetime") or settings["expiration_type"] == "non-expiring"
    end = _NEVER if infinite else now + int(settings["token_lifetime"])
    store.refresh_families.prune(now)
    store.refresh_families.put(family, {"login": login.to_document(), "expires_at": end})
    return family, _issue(store, family, client, now)


def use(store: Store, token: str, client: Document, now: float) -> tuple[str, Login]:
    """Return the family and login of a token and mark it used; raise OAuthError(invalid_grant) when it is no good.

    A used token is good again for the `leeway` (seconds) of the application, for two tabs that refresh at once; after
    that its return means that a copy exists, and every token of the family is refused from then on.
    """
    key = identifiers.fingerprint(token)
    record = store.refresh_tokens.get(key)
    family = store.refresh_families.get(record["family"]) if record else None
    if record is None or family is None or family["login"]["client_id"] != client["client_id"]:
        raise _refused()
    if record["expires_at"] <= now or family["expires_at"] <= now:
        raise _refused()
    rotating = client["refresh_token"]["rotation_type"] == "rotating"
    used_at = record.get("used_at")
    if used_at is not None and rotating and now - used_at >= int(client["refresh_token"].get("leeway") or 0):
        end_family(store, record["family"])
        raise _refused()
    if used_at is None and rotating:
        store.refresh_tokens.put(key, {**record, "used_at": now})
    return record["family"], Login.from_document(family["login"])


def next_token(store: Store, family: str, token: str, client: Document, now: float) -> str:
    """Return the token to use next time: a new one where tokens rotate, the same one otherwise."""
    if client["refresh_token"]["rotation_type"] != "rotating":
        return token
    if store.refresh_families.get(family) is None:  # ended while the Actions ran
        raise _refused()
    return _issue(store, family, client, now)


def give_back(store: Store, token: str) -> None:
    """Let a token be used again, since its use gave nothing: an Action refused, perhaps because it has a mistake."""
    key = identifiers.fingerprint(token)
    record = store.refresh_tokens.get(key)
    if record is not None:
        store.refresh_tokens.put(key, {name: value for name, value in record.items() if name != "used_at"})


def revoke(store: Store, token: str, client: Document) -> None:
    """End the family of a token of this application; any other token is ignored (RFC 7009 §2.2)."""
    record = store.refresh_tokens.get(identifiers.fingerprint(token))
    family = store.refresh_families.get(record["family"]) if record else None
    if record and family and family["login"]["client_id"] == client["client_id"]:
        end_family(store, record["family"])


def end_family(store: Store, family: str) -> None:
    """Refuse every token of a family from now on."""
    store.refresh_families.delete(family)


def _issue(store: Store, family: str, client: Document, now: float) -> str:
    settings = client["refresh_token"]
    infinite = settings.get("infinite_idle_token_lifetime") or settings["expiration_type"] == "non-expiring"
    token = secrets.token_urlsafe(48)
    store.refresh_tokens.prune(now)
    store.refresh_tokens.put(
        identifiers.fingerprint(token),
        {"family": family, "expires_at": _NEVER if infinite else now + int(settings["idle_token_lifetime"])},
    )
    return token


def _refused() -> OAuthError:
    return OAuthError("invalid_grant", "Unknown or invalid refresh token.", 403)
