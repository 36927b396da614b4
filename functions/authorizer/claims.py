"""What an access token's claims must say, whoever signed them. Pure: the time is handed in."""

from typing import Any, NamedTuple

from authorizer.errors import (
    AudienceError,
    ClaimShapeError,
    ExpiredError,
    IdTokenError,
    IssuerError,
    MissingClaimError,
    NotYetValidError,
    SenderConstrainedError,
)

SUBJECT_LIMIT = 255  # characters (OpenID Connect Core §2)
_LAST_DATE = 253_402_300_800  # the year 10000, which no date in a policy can name

# Claims that ID tokens (OpenID Connect Core §2 and §3.3.2.11) and logout tokens (Back-Channel Logout §2.4) have
# and access tokens have not.
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


class Expected(NamedTuple):
    """What is asked of every token."""

    issuer: str  # exact, as in the tenant's discovery document: with the slash at the end
    audience: str  # the API's identifier
    leeway_seconds: float = 0  # how far the issuer's clock may be from ours


def check(claims: dict[str, Any], expected: Expected, now: float) -> None:
    """Check claims against what is expected at `now` (Unix time, seconds).

    Raises the TokenError that names the first check that failed (RFC 7519 §4.1, RFC 9068 §4).
    """
    if claims.get("iss") != expected.issuer:
        raise IssuerError
    _check_audience(claims.get("aud"), expected.audience)
    _check_dates(claims, expected.leeway_seconds, now)
    if not _ID_TOKEN_CLAIMS.isdisjoint(claims):
        raise IdTokenError
    if "cnf" in claims:
        raise SenderConstrainedError
    _check_subject(claims)
    _check_client(claims)


def _check_audience(audience: object, expected: str) -> None:
    # An array when the client asked for `openid` too: then Auth0 adds its own userinfo endpoint.
    members = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(member, str) for member in members) or expected not in members:
        raise AudienceError


def _check_dates(claims: dict[str, Any], leeway: float, now: float) -> None:
    if _date(claims, "exp") + leeway <= now:
        raise ExpiredError
    if _date(claims, "iat") - leeway > now:
        raise NotYetValidError
    if "nbf" in claims and _date(claims, "nbf") - leeway > now:
        raise NotYetValidError


def _date(claims: dict[str, Any], name: str) -> float:
    """Return a NumericDate: a JSON number, whole or not (RFC 7519 §2)."""
    value = claims.get(name)
    if value is None:
        raise MissingClaimError
    if type(value) is not int and type(value) is not float:  # True is an int to isinstance
        raise ClaimShapeError
    if not 0 <= value < _LAST_DATE:  # false for an infinite one too
        raise ClaimShapeError
    return value


def _check_subject(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if subject is None:
        raise MissingClaimError
    # Printable: a lone surrogate could not even be written into the answer.
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        raise ClaimShapeError


def _check_client(claims: dict[str, Any]) -> None:
    # Auth0 names the application `azp`, in its RFC 9068 dialect `client_id`.
    clients = [claims[name] for name in ("azp", "client_id") if name in claims]
    if not clients:
        raise MissingClaimError
    if not all(isinstance(client, str) and client for client in clients):
        raise ClaimShapeError
