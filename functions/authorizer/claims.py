"""The checks of an access token's claims. Pure: the caller passes the time."""

from typing import Any, NamedTuple

from authorizer.errors import (
    AudienceError,
    ClaimShapeError,
    DelegatedTokenError,
    ExpiredError,
    IdTokenError,
    IssuerError,
    MachineTokenError,
    MissingClaimError,
    NotYetValidError,
    SenderConstrainedError,
)

SUBJECT_LIMIT = 255  # characters (OpenID Connect Core §2)
MACHINE_SUBJECT_SUFFIX = "@clients"  # in Auth0's `sub` for RFC 6749 §4.4, after the client ID
MACHINE_GRANT = "client-credentials"  # the `gty` of such a token, in Auth0's own dialect
LAST_DATE = 253_402_214_400  # the last day of 9999: a policy's end is in ISO 8601, which has no later date

# Claims that access tokens do not have: those of ID tokens (OpenID Connect Core §2 and §3.3.2.11) and of logout tokens
# (Back-Channel Logout §2.4).
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
_SENDER_CLAIM = "cnf"  # binds a token to its sender's key (RFC 7800)
_ACTOR_CLAIM = "act"  # names a party that acts for the user (RFC 8693 §4.1)
_REFUSED_CLAIMS = _ID_TOKEN_CLAIMS | {_SENDER_CLAIM, _ACTOR_CLAIM}
_RARE_CLAIMS = _REFUSED_CLAIMS | {"nbf", "jti", "client_id", "gty"}


class Expected(NamedTuple):
    """The values that every token has to match."""

    issuers: frozenset[str]  # of one tenant; exactly as in its discovery documents, with the slash at the end
    audience: str  # the API's identifier
    leeway_seconds: int  # how far the issuer's clock may differ from ours


def check(claims: dict[str, Any], expected: Expected, now: float, is_rfc9068: bool) -> None:  # noqa: FBT001 - see 0018
    """Check claims at `now` (Unix time, seconds).

    `is_rfc9068` says which of Auth0's two token dialects the header announced. Raises the TokenError of the first check
    that failed (RFC 7519 §4.1, RFC 9068 §4).
    """
    issuer, audience = claims.get("iss"), claims.get("aud")
    if type(issuer) is not str or issuer not in expected.issuers:
        raise IssuerError(issuer)
    if audience != expected.audience:
        _check_audiences(audience, expected.audience)
    leeway = expected.leeway_seconds
    if int(_date(claims, "exp") + leeway) <= now:  # whole seconds, like the policy's end
        raise ExpiredError(claims["exp"])
    if _date(claims, "iat") > now + leeway:
        raise NotYetValidError(claims["iat"])
    subject, client = claims.get("sub"), client_of(claims)
    # It must be printable, because the answer cannot even contain a lone surrogate.
    if type(subject) is not str or not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        raise MissingClaimError("sub") if subject is None else ClaimShapeError(subject)
    if type(client) is not str or not client:
        raise ClaimShapeError(client) if "azp" in claims or "client_id" in claims else MissingClaimError("azp")
    if is_rfc9068 or not _RARE_CLAIMS.isdisjoint(claims) or subject.endswith(MACHINE_SUBJECT_SUFFIX):
        _check_rare(claims, subject, client, now + leeway, is_rfc9068)


def client_of(claims: dict[str, Any]) -> str | None:
    """Return the application that got a token: `client_id` in RFC 9068's dialect, `azp` in Auth0's."""
    client: str | None = claims.get("client_id", claims.get("azp"))
    return client


def _check_audiences(audience: object, expected: str) -> None:
    # Auth0 writes an array if the client also asked for `openid`; the array then has its userinfo endpoint too.
    if type(audience) is not list or expected not in audience:
        raise AudienceError(audience)
    for member in audience:
        if type(member) is not str:
            raise AudienceError(audience)


def _date(claims: dict[str, Any], name: str) -> float:
    """Return a NumericDate: a JSON number, whole or not (RFC 7519 §2)."""
    value = claims.get(name)
    # type(), because for isinstance True is an int; the comparison is false for infinite numbers too.
    if (type(value) is int or type(value) is float) and 0 <= value < LAST_DATE:
        return value
    raise MissingClaimError(name) if value is None else ClaimShapeError(value)


def _check_rare(
    claims: dict[str, Any],
    subject: str,
    client: str,
    latest: float,
    is_rfc9068: bool,  # noqa: FBT001
) -> None:
    """Check the claims that a user's token in Auth0's own dialect lacks; nearly all tokens are of that kind."""
    if "nbf" in claims and _date(claims, "nbf") > latest:
        raise NotYetValidError(claims["nbf"])
    if not _ID_TOKEN_CLAIMS.isdisjoint(claims):
        raise IdTokenError
    if _SENDER_CLAIM in claims:
        raise SenderConstrainedError
    if _ACTOR_CLAIM in claims:
        raise DelegatedTokenError
    if claims.get("azp", client) != client:
        raise ClaimShapeError(client)
    if is_rfc9068 and not ("client_id" in claims and "jti" in claims):  # RFC 9068 §2.2 requires both
        raise MissingClaimError("client_id" if "jti" in claims else "jti")
    if "jti" in claims and not (type(claims["jti"]) is str and claims["jti"]):
        raise ClaimShapeError(claims["jti"])
    if "gty" in claims or subject.endswith(MACHINE_SUBJECT_SUFFIX):
        # RFC 9068's dialect has no `gty`; there only `sub` shows a machine client.
        default = MACHINE_GRANT if is_rfc9068 else None
        _check_machine(claims.get("gty", default), subject, client)


def _check_machine(grant_type: object, subject: str, client: str) -> None:
    """Check that `gty`, `sub` and the client agree on whether the token is a machine client's."""
    if type(grant_type) is not str:
        raise MachineTokenError(grant_type)
    is_machine = subject == client + MACHINE_SUBJECT_SUFFIX
    if is_machine != (grant_type == MACHINE_GRANT) or is_machine != subject.endswith(MACHINE_SUBJECT_SUFFIX):
        raise MachineTokenError(subject)
