"""The reasons of decisions: one closed list of reason codes, with a sentence for each.

A refusal is an exception: one class for each failed check, with the code as `reason`, the `sentence`, and the failed
value as `value`. The text of the exception is only the code, so no log line and no traceback can show a value.
"""

from typing import ClassVar


class RefusalError(Exception):
    """The request gets no policy; API Gateway answers 401. Only subclasses are raised."""

    reason: ClassVar[str]
    sentence: ClassVar[str]
    problem: str | None = None  # the fault that an operator has to fix, in our own words

    def __init__(self, value: object = None) -> None:
        """Keep the value that failed the check, if there is one; it comes from the caller, so never log it."""
        super().__init__(self.reason)
        self.value = value


class TokenError(RefusalError):
    """The request carries no access token that this authorizer accepts."""


class AuthorizationHeaderError(TokenError):
    """The header is not `Bearer` and one token (RFC 6750 §2.1)."""

    reason = "bad_authorization_header"
    sentence = "The Authorization header is not the word Bearer and one token."


class TokenTooLargeError(TokenError):
    """The token, or its header, is larger or more nested than those of the issuer."""

    reason = "token_too_large"
    sentence = "The token or its header is larger than any that the issuer makes."


class MalformedTokenError(TokenError):
    """Not three segments, or not canonical base64url, or not JSON with unique member names (RFC 7515 §4)."""

    reason = "malformed_token"
    sentence = "The token is not a signed JSON Web Token in compact form."


class AlgorithmError(TokenError):
    """The header's `alg` is not the configured one (RFC 8725 §3.1)."""

    reason = "algorithm_not_allowed"
    sentence = "The token names another signature algorithm than the configured one."


class HeaderParameterError(TokenError):
    """The header has a key, a certificate, an extension or an encryption, none of which the issuer uses."""

    reason = "header_not_allowed"
    sentence = "The token's header carries a key, an extension or an encryption, which no access token here has."


class TokenTypeError(TokenError):
    """The header's `typ` is not that of an access token (RFC 9068 §4, RFC 8725 §3.11)."""

    reason = "wrong_token_type"
    sentence = "The token's type is not that of an access token."


class KeyIdError(TokenError):
    """The header's `kid` is missing, or cannot be a key's name."""

    reason = "bad_key_id"
    sentence = "The token's key id is missing or cannot be the name of a key."


class UnknownKeyError(TokenError):
    """The issuer publishes no such key, according to the present keys."""

    reason = "unknown_key"
    sentence = "The issuer publishes no key with the token's key id."


class StaleKeysError(TokenError):
    """The issuer's keys could not be fetched for so long that the present ones are no longer trusted."""

    reason = "keys_too_old"
    sentence = "The issuer's keys could not be renewed for so long that they are no longer trusted."
    problem = "The issuer's key set could not be read for the whole of stale-if-error."


class SecretError(TokenError):
    """The HS256 secret could not be loaded, or must not be trusted."""

    reason = "no_signing_secret"
    sentence = "The secret that verifies the token could not be loaded."

    def __init__(self, problem: str | None, *, is_final: bool = False) -> None:
        """Take a sentence for the operator, without the secret, and whether another attempt is pointless.

        `is_final`: the store answered, but its secret must not be used.
        """
        super().__init__(problem)
        self.problem = problem
        self.is_final = is_final


class SignatureError(TokenError):
    """The signature was not made with the key over this header and these claims."""

    reason = "bad_signature"
    sentence = "The token's signature is not the issuer's."


class MissingClaimError(TokenError):
    """A claim that every access token of the issuer has is missing."""

    reason = "missing_claim"
    sentence = "The token lacks a claim that every access token has."


class ClaimShapeError(TokenError):
    """A claim has a type or a value that RFC 7519 forbids, or contradicts another claim."""

    reason = "malformed_claim"
    sentence = "A claim of the token has a type or a value that it cannot have."


class IssuerError(TokenError):
    """`iss` is not exactly one of the configured issuers."""

    reason = "wrong_issuer"
    sentence = "The token is of another issuer."


class AudienceError(TokenError):
    """`aud` does not name exactly this API."""

    reason = "wrong_audience"
    sentence = "The token is for another API."


class ExpiredError(TokenError):
    """`exp` has passed, even with the leeway."""

    reason = "expired"
    sentence = "The token has expired."


class NotYetValidError(TokenError):
    """`nbf` or `iat` is in the future, beyond the leeway."""

    reason = "not_yet_valid"
    sentence = "The token is not valid yet."


class IdTokenError(TokenError):
    """The claims are those of an ID token or a logout token, which prove a sign-in but grant nothing."""

    reason = "not_an_access_token"
    sentence = "The token is an ID token or a logout token, not an access token."


class SenderConstrainedError(TokenError):
    """The token is bound to its sender's key (`cnf`), so it must not be used as a Bearer token (RFC 9449 §7.2)."""

    reason = "sender_constrained"
    sentence = "The token is bound to a key of its sender and cannot be used as a Bearer token."


class DelegatedTokenError(TokenError):
    """The token lets another party act for the user (`act`, RFC 8693 §4.1); the APIs cannot tell the two apart."""

    reason = "delegated_token"
    sentence = "The token lets somebody else act for its user, which these APIs do not accept."


class MachineTokenError(TokenError):
    """`gty`, the form of `sub`, and the client in it do not all agree that the token is a machine client's."""

    reason = "malformed_machine_token"
    sentence = "The token is neither quite a user's nor quite a machine's."


class RevokedError(TokenError):
    """An operator revoked the user, the application, the key or the token; `value` is the kind."""

    reason = "revoked"
    sentence = "The token, its user, its application or its key has been revoked."


class EventError(RefusalError):
    """The event is not one of an API Gateway TOKEN authorizer; only a wrong deployment sends one."""

    reason = "bad_event"
    sentence = problem = "The event is not one of an API Gateway TOKEN authorizer."


class MethodArnError(RefusalError):
    """The event does not name its API and stage."""

    reason = "bad_method_arn"
    sentence = problem = "The event does not say which API and stage it is about."


class UnknownApiError(RefusalError):
    """The request's path belongs to no API of the access model: the code and the APIs are of different deployments."""

    reason = "unknown_api"
    sentence = problem = "The path in the event belongs to no API that the authorizer knows."


class DefectError(RefusalError):
    """Our own code failed unexpectedly. Never raised: the handler logs its reason."""

    reason = "defect"
    sentence = "The authorizer itself failed."


GRANTED, GRANTED_IN_PART = "granted", "granted_in_part"
INSUFFICIENT_SCOPE, UNKNOWN_CONNECTION, UNKNOWN_CLIENT = "insufficient_scope", "unknown_connection", "unknown_client"

_POLICIES = {
    GRANTED: "Every operation of the API is granted.",
    GRANTED_IN_PART: "Some operations of the API are granted, the others are not.",
    INSUFFICIENT_SCOPE: "The token is valid, but its scopes cover no operation of the API.",
    UNKNOWN_CONNECTION: "The token is valid, but its connection grants no access.",
    UNKNOWN_CLIENT: "The token is valid, but its application is not a known machine client.",
}


def reasons() -> dict[str, str]:
    """Return the closed list: every reason code with its sentence."""
    refusals = [*TokenError.__subclasses__(), *(c for c in RefusalError.__subclasses__() if c is not TokenError)]
    return {refusal.reason: refusal.sentence for refusal in refusals} | _POLICIES
