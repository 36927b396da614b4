"""Every way a request fails to prove who it is: one class per failed check, with a reason code that is safe to log.

The classes carry no value of the token they refuse, so that no log line or traceback can show one.
"""


class TokenError(Exception):
    """The request carries no access token that this authorizer accepts; the gateway answers 401."""

    reason = "invalid_token"

    def __init__(self) -> None:
        super().__init__(self.reason)


class AuthorizationHeaderError(TokenError):
    """The header is not `Bearer` and exactly one JWS in compact form (RFC 6750 §2.1)."""

    reason = "bad_authorization_header"


class TokenTooLargeError(TokenError):
    """The token, or its header, is larger than any that the issuer makes."""

    reason = "token_too_large"


class MalformedTokenError(TokenError):
    """A segment is not canonical base64url, or no JSON object with unique member names (RFC 7515 §4)."""

    reason = "malformed_token"


class AlgorithmError(TokenError):
    """The header's `alg` is not the one that is configured (RFC 8725 §3.1)."""

    reason = "algorithm_not_allowed"


class HeaderParameterError(TokenError):
    """The header carries a key, a certificate, an extension or an encryption that is never used here."""

    reason = "header_not_allowed"


class TokenTypeError(TokenError):
    """The header's `typ` is not that of an access token (RFC 9068 §4, RFC 8725 §3.11)."""

    reason = "wrong_token_type"


class KeyIdError(TokenError):
    """The header's `kid` is missing or cannot be the name of a key."""

    reason = "bad_key_id"


class UnknownKeyError(TokenError):
    """The issuer publishes no such key, as far as the keys at hand tell."""

    reason = "unknown_key"


class StaleKeysError(TokenError):
    """The issuer's keys could not be read for so long that the ones at hand are trusted no more."""

    reason = "keys_too_old"


class SignatureError(TokenError):
    """The signature was not made with the key over this header and these claims."""

    reason = "bad_signature"


class MissingClaimError(TokenError):
    """A claim that every access token of the issuer carries is not there."""

    reason = "missing_claim"


class ClaimShapeError(TokenError):
    """A claim has a type or a value that RFC 7519 does not allow it."""

    reason = "malformed_claim"


class IssuerError(TokenError):
    """`iss` is not exactly the configured issuer."""

    reason = "wrong_issuer"


class AudienceError(TokenError):
    """`aud` does not name this API exactly."""

    reason = "wrong_audience"


class ExpiredError(TokenError):
    """`exp` has passed, the leeway included."""

    reason = "expired"


class NotYetValidError(TokenError):
    """`nbf` or `iat` lies in the future, beyond the leeway."""

    reason = "not_yet_valid"


class IdTokenError(TokenError):
    """The claims are those of an ID token or a logout token, which prove a sign-in and grant nothing."""

    reason = "not_an_access_token"


class SenderConstrainedError(TokenError):
    """The token is bound to a key of its sender (`cnf`), so it is worth nothing as a Bearer token (RFC 9449 §7.2)."""

    reason = "sender_constrained"
