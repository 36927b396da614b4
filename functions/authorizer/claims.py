"""What an access token's claims must say, whoever signed them. Pure: the time is handed in."""

from typing import Any, NamedTuple

from authorizer.errors import (
    AudienceError,
    ClaimShapeError,
    ExpiredError,
    IdTokenError,
    IssuerError,
    MachineTokenError,
    MissingClaimError,
    NotYetValidError,
    SenderConstrainedError,
)

SUBJECT_LIMIT = 255  # characters (OpenID Connect Core §2)
MACHINE_GRANT = "client-credentials"  # what Auth0 writes into `gty` for RFC 6749 §4.4
MACHINE_SUBJECT_SUFFIX = "@clients"  # and behind the client ID into `sub`
_LAST_DATE = 253_402_214_400  # the last day of the year 9999: a policy can name no later one, the leeway included

# Claims that ID tokens (OpenID Connect Core §2 and §3.3.2.11) and logout tokens (Back-Channel Logout §2.4) have
# and access tokens have not; and `cnf`, which binds a token to its sender (RFC 7800).
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
_REFUSED_CLAIMS = _ID_TOKEN_CLAIMS | {"cnf"}


class Expected(NamedTuple):
    """What is asked of every token."""

    issuers: frozenset[str]  # of one tenant; exact, as in its discovery documents: with the slash at the end
    audience: str  # the API's identifier
    leeway_seconds: float = 0  # how far the issuer's clock may be from ours


def check(claims: dict[str, Any], expected: Expected, now: float, *, is_rfc9068: bool) -> None:
    """Check claims against what is expected at `now` (Unix time, seconds).

    `is_rfc9068` says which of Auth0's two token dialects the header announced. Raises the TokenError that names the
    first check that failed (RFC 7519 §4.1, RFC 9068 §4).
    """
    issuer = claims.get("iss")
    if type(issuer) is not str or issuer not in expected.issuers:
        raise IssuerError(issuer)
    if claims.get("aud") != expected.audience:
        _check_audiences(claims.get("aud"), expected.audience)
    _check_dates(claims, expected.leeway_seconds, now)
    if not _REFUSED_CLAIMS.isdisjoint(claims):
        raise SenderConstrainedError if _ID_TOKEN_CLAIMS.isdisjoint(claims) else IdTokenError
    _check_subject(claims)
    _check_client(claims, is_rfc9068=is_rfc9068)


def client_of(claims: dict[str, Any]) -> str | None:
    """Return the application that a token was issued to: `client_id` in RFC 9068's dialect, `azp` in Auth0's."""
    client: str | None = claims.get("client_id", claims.get("azp"))
    return client


def _check_audiences(audience: object, expected: str) -> None:
    # An array when the client asked for `openid` too: then Auth0 adds its own userinfo endpoint.
    if type(audience) is not list or expected not in audience or {*map(type, audience)} != {str}:
        raise AudienceError(audience)


def _check_dates(claims: dict[str, Any], leeway: float, now: float) -> None:
    if (expires := _date(claims, "exp")) + leeway <= now:
        raise ExpiredError(expires)
    if (issued := _date(claims, "iat")) - leeway > now:
        raise NotYetValidError(issued)
    if "nbf" in claims and (begins := _date(claims, "nbf")) - leeway > now:
        raise NotYetValidError(begins)


def _date(claims: dict[str, Any], name: str) -> float:
    """Return a NumericDate: a JSON number, whole or not (RFC 7519 §2)."""
    value = claims.get(name)
    if value is None:
        raise MissingClaimError(name)
    if type(value) is not int and type(value) is not float:  # True is an int to isinstance
        raise ClaimShapeError(value)
    if not 0 <= value < _LAST_DATE:  # false for an infinite one too
        raise ClaimShapeError(value)
    return value


def _check_subject(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if subject is None:
        raise MissingClaimError("sub")
    # Printable: a lone surrogate could not even be written into the answer.
    if type(subject) is not str or not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        raise ClaimShapeError(subject)


def _check_client(claims: dict[str, Any], *, is_rfc9068: bool) -> None:
    """Check which application, or which machine, the token was issued to; call it once `sub` is known to be good."""
    client: object = client_of(claims)
    if client is None and "client_id" not in claims and "azp" not in claims:
        raise MissingClaimError("client_id")
    if type(client) is not str or not client or claims.get("azp", client) != client:
        raise ClaimShapeError(client)
    _check_token_id(claims, is_rfc9068=is_rfc9068)
    grant_type, subject = claims.get("gty", ""), claims["sub"]
    if type(grant_type) is not str:
        raise ClaimShapeError(grant_type)
    is_machine = grant_type == MACHINE_GRANT
    if is_machine != subject.endswith(MACHINE_SUBJECT_SUFFIX):
        raise MachineTokenError(subject)
    if is_machine and subject != client + MACHINE_SUBJECT_SUFFIX:
        raise MachineTokenError(subject)


def _check_token_id(claims: dict[str, Any], *, is_rfc9068: bool) -> None:
    if is_rfc9068:  # §2.2: both are required there
        for name in ("client_id", "jti"):
            if name not in claims:
                raise MissingClaimError(name)
    token_id = claims.get("jti", " ")
    if type(token_id) is not str or not token_id:
        raise ClaimShapeError(token_id)
