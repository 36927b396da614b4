"""Authorization codes: each is valid once, for a minute, and for its own application (RFC 6749 §4.1)."""

import hashlib
import re
import secrets

from local.tenant import identifiers
from local.tenant.encodings import base64url
from local.tenant.errors import OAuthError
from local.tenant.login.logins import Login
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.store import Document, Store

LIFETIME_SECONDS = 60
_REMEMBERED_SECONDS = 600  # how long a replayed code is recognised
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 §4.1


class CodeReplayedError(OAuthError):
    """A code was used twice: somebody has a copy of it, so its grant must end."""

    def __init__(self, grant_id: str) -> None:
        super().__init__("invalid_grant", "Invalid authorization code", 403)
        self.grant_id = grant_id


def issue(store: Store, asked: AuthorizationRequest, login: Login, now: float) -> str:
    """Return a new code for a login."""
    code = secrets.token_urlsafe(32)
    store.codes.prune(now)
    store.codes.put(
        identifiers.fingerprint(code),
        {
            "login": login.to_document(),
            "redirect_uri": asked.to.redirect_uri,
            "code_challenge": asked.code_challenge,
            "usable_until": now + LIFETIME_SECONDS,
            "expires_at": now + _REMEMBERED_SECONDS,
            "used": False,
        },
    )
    return code


def redeem(
    store: Store, code: str, client: Document, redirect_uri: str | None, verifier: str | None, now: float
) -> Login:
    """Return the login of a code and mark the code used; raise OAuthError(invalid_grant) if anything does not match.

    A wrong attempt also uses the code up, so an attacker has one guess at the verifier.
    """
    key = identifiers.fingerprint(code)
    with store.transaction():  # only one of two simultaneous requests succeeds
        record = store.codes.get(key)
        if record is None or record["login"]["client_id"] != client["client_id"]:
            raise OAuthError("invalid_grant", "Invalid authorization code", 403)
        if record["used"]:
            raise CodeReplayedError(record["login"]["grant_id"])
        store.codes.put(key, {**record, "used": True})
    if record["usable_until"] <= now:
        raise OAuthError("invalid_grant", "Invalid authorization code", 403)
    if record["redirect_uri"] != redirect_uri:  # RFC 6749 §4.1.3
        raise OAuthError("invalid_grant", "The redirect URI is wrong.", 403)
    _check_verifier(record["code_challenge"], verifier)
    return Login.from_document(record["login"])


def _check_verifier(challenge: str | None, verifier: str | None) -> None:
    if challenge is None:
        if verifier is not None:  # RFC 9700 §2.1.1: a verifier without a challenge is a downgrade attack
            raise OAuthError("invalid_grant", "Failed to verify code verifier", 403)
        return
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "Failed to verify code verifier", 403)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    if not identifiers.same(base64url(digest), challenge):
        raise OAuthError("invalid_grant", "Failed to verify code verifier", 403)
