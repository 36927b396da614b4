"""Makes and verifies tokens: their claims and signatures."""

import base64
import hashlib
import secrets
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from local.tenant import identifiers
from local.tenant.encodings import base64url
from local.tenant.errors import OAuthError
from local.tenant.login.logins import Login
from local.tenant.login.permissions import user_permissions
from local.tenant.store import Document
from local.tenant.tenant import Tenant

_OPAQUE_LIFETIME_SECONDS = 86400
_MANAGEMENT_LIFETIME_SECONDS = 86400
# The lifetime of an ID token if the application's settings have none.
ID_TOKEN_SECONDS = 36000


def access_token(
    tenant: Tenant, issuer: str, login: Login, *, browser: bool = False, refreshed: bool = False
) -> tuple[str, int]:
    """Return an access token and its lifetime in seconds.

    With an audience it is a JWT in the dialect and with the algorithm of the API; without one, an opaque token for
    /userinfo. `browser`: /authorize sends the token (implicit flow), so it has the API's lifetime for browsers.
    """
    if login.audience is None:
        return _opaque_token(tenant, login), _OPAQUE_LIFETIME_SECONDS
    api = tenant.store.resource_servers.find(identifier=login.audience)
    user = tenant.store.users.get(login.user_id)
    if api is None or user is None:
        raise OAuthError("invalid_grant", "The API or the user of this login is gone.", 403)
    lifetime = int(api["token_lifetime_for_web" if browser else "token_lifetime"])
    # /userinfo can verify only the tenant's own keys.
    with_userinfo = "openid" in login.scopes and api["signing_alg"] == "RS256"
    claims: dict[str, Any] = {
        **login.access_claims,
        "sub": login.user_id,
        "aud": [login.audience, f"{issuer}userinfo"] if with_userinfo else login.audience,
    }
    return (
        _access_token(
            tenant,
            issuer,
            api,
            claims,
            client_id=login.client_id,
            scopes=login.scopes,
            permissions=user_permissions(tenant, api, user),
            grant_type="refresh_token" if refreshed else None,
            lifetime=lifetime,
        ),
        lifetime,
    )


def application_token(
    tenant: Tenant, issuer: str, client_id: str, audience: str, api: Document | None, scopes: list[str]
) -> tuple[str, int]:
    """Return an access token for an application itself (client credentials), and its lifetime in seconds.

    Without an `api` the token is for the Management API.
    """
    lifetime = _MANAGEMENT_LIFETIME_SECONDS if api is None else int(api["token_lifetime"])
    token = _access_token(
        tenant,
        issuer,
        api or {"signing_alg": "RS256"},
        {"sub": f"{client_id}@clients", "aud": audience},
        client_id=client_id,
        scopes=scopes,
        permissions=scopes,
        grant_type="client-credentials",
        lifetime=lifetime,
    )
    return token, lifetime


def bearer(authorization: str) -> str:
    """Return the token of an Authorization header (RFC 6750 §2.1), or an empty text if it carries none."""
    kind, _, token = authorization.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def id_token(tenant: Tenant, issuer: str, login: Login, client: Document, *, access_token: str | None = None) -> str:
    """Return the ID token of a login (OpenID Connect Core §2), signed by RS256 or with the client's secret (HS256).

    `access_token`: the access token in the same answer of /authorize, for `at_hash` (§3.2.2.9).
    """
    user = tenant.store.users.get(login.user_id)
    if user is None:
        raise OAuthError("invalid_grant", "The user of this login is gone.", 403)
    now = int(time.time())
    settings = client["jwt_configuration"]
    claims: dict[str, Any] = {
        **profile_claims(user, login.scopes),
        **login.id_claims,
        "iss": issuer,
        "sub": login.user_id,
        "aud": client["client_id"],
        "iat": now,
        "exp": now + int(settings.get("lifetime_in_seconds", ID_TOKEN_SECONDS)),
        "sid": login.session_id,
        **({"auth_time": login.auth_time} if login.tells_auth_time else {}),
        **({"nonce": login.nonce} if login.nonce else {}),
        **({"at_hash": _at_hash(access_token)} if access_token else {}),
    }
    # Auth0 still uses HS256 for a client without the setting.
    if settings.get("alg", "HS256") == "HS256":
        return _sign_with_secret(tenant, "id_token", _secret_bytes(client), claims, "JWT")
    return _sign(tenant, "id_token", claims, "JWT")


def profile_claims(user: Document, scopes: list[str]) -> dict[str, Any]:
    """Return the claims of the scopes `profile` and `email` (OpenID Connect Core §5.4)."""
    names: list[str] = []
    if "profile" in scopes:
        names += ["name", "nickname", "picture", "updated_at"]
    if "email" in scopes:
        names += ["email", "email_verified"]
    return {name: user[name] for name in names if name in user}


def verify(tenant: Tenant, token: str, audiences: set[str]) -> dict[str, Any] | None:
    """Return the claims of this tenant's RS256 token if it has not expired and has one of the audiences, else None."""
    claims = signed_claims(tenant, token)
    if claims is None:
        return None
    listed = claims.get("aud")
    meant_for = {listed} if isinstance(listed, str) else set(listed or [])
    alive = isinstance(claims.get("exp"), int) and claims["exp"] > time.time()
    return claims if alive and claims.get("iss") in tenant.listeners.issuers() and meant_for & audiences else None


def signed_claims(tenant: Tenant, token: str) -> dict[str, Any] | None:
    """Return the claims of a token that one of the tenant's keys signed, without checking them; None for any other."""
    try:
        return jwt.decode(token, tenant.keys.trusted(), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return None


def id_token_claims(tenant: Tenant, token: str, client: Document | None = None) -> dict[str, Any] | None:
    """Return the claims of this tenant's ID token, even an expired one; None for any other text.

    With a `client`, its secret may have signed the token (HS256).
    """
    claims = signed_claims(tenant, token)
    if claims is None and client is not None:
        try:
            claims = jwt.decode(token, OctKey.import_key(_secret_bytes(client)), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            return None
    is_ours = claims is not None and claims.get("iss") in tenant.listeners.issuers() and "sid" in claims
    return claims if is_ours else None


def _access_token(
    tenant: Tenant,
    issuer: str,
    api: Document,
    claims: dict[str, Any],
    *,
    client_id: str,
    scopes: list[str],
    permissions: list[str],
    grant_type: str | None,
    lifetime: int,
) -> str:
    """Return a JWT in the API's dialect; `grant_type` becomes `gty` in Auth0's own dialect.

    Auth0's dialect has `azp` and `gty`; that of RFC 9068 has `client_id` and `jti` instead, and the type `at+jwt`
    (§2.1).
    https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
    """
    now, dialect = int(time.time()), api.get("token_dialect", "access_token")
    claims = {**claims, "iss": issuer, "iat": now, "exp": now + lifetime}
    if scopes:
        claims["scope"] = " ".join(scopes)
    if api.get("enforce_policies") and dialect.endswith("_authz"):
        claims["permissions"] = permissions
    if dialect.startswith("rfc9068_profile"):
        kind, own = "at+jwt", {"client_id": client_id, "jti": identifiers.alphanumeric(22)}
    else:
        kind, own = "JWT", {"azp": client_id, **({"gty": grant_type} if grant_type else {})}
    claims |= own
    if api["signing_alg"] == "HS256":
        return _sign_with_secret(tenant, "access_token", api["signing_secret"].encode(), claims, kind)
    return _sign(tenant, "access_token", claims, kind)


def _opaque_token(tenant: Tenant, login: Login) -> str:
    token = secrets.token_urlsafe(32)
    fingerprint, now = identifiers.fingerprint(token), time.time()
    tenant.store.opaque_tokens.prune(now)
    tenant.store.opaque_tokens.put(
        fingerprint,
        {
            "fingerprint": fingerprint,
            "grant_id": login.grant_id,
            "login": login.to_document(),
            "expires_at": now + _OPAQUE_LIFETIME_SECONDS,
        },
    )
    return token


def _at_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return base64url(digest[:16])


def _secret_bytes(client: Document) -> bytes:
    """Return the HS256 key of an application's ID tokens: its secret, decoded if the setting `secret_encoded` is on."""
    secret = str(client["client_secret"])
    if client["jwt_configuration"].get("secret_encoded"):
        return base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    return secret.encode()


def _sign(tenant: Tenant, name: str, claims: dict[str, Any], kind: str) -> str:
    kid, key = tenant.keys.current()
    return _signed(tenant, name, {"alg": "RS256", "typ": kind, "kid": kid}, claims, key)


def _sign_with_secret(tenant: Tenant, name: str, secret: bytes, claims: dict[str, Any], kind: str) -> str:
    return _signed(tenant, name, {"alg": "HS256", "typ": kind}, claims, OctKey.import_key(secret))


def _signed(tenant: Tenant, name: str, header: dict[str, Any], claims: dict[str, Any], key: RSAKey | OctKey) -> str:
    """Return a signed token, with the current faults; `name` is access_token or id_token."""
    if tenant.faults is None:
        return jwt.encode(header, claims, key)
    header, claims = tenant.faults.change(name, header, claims)
    return tenant.faults.spoil(name, jwt.encode(header, claims, key))
