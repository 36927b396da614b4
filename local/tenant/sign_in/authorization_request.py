"""The authorization request: the parameters of /authorize, and their checks.

RFC 6749 §4.1.1 and §4.2.1, RFC 7636 (PKCE), OpenID Connect Core §3.1.2.1 and §3.2.2.1.
"""

import re
from dataclasses import asdict, dataclass
from typing import Self

from starlette.datastructures import QueryParams

from local.tenant import auth_method
from local.tenant.errors import LoginError
from local.tenant.login import restrictions
from local.tenant.sign_in import return_address
from local.tenant.sign_in.return_address import ReturnAddress
from local.tenant.store import Document

# The grant type that an application needs for each response_type.
GRANT_TYPES = {
    "code": "authorization_code",
    "token": "implicit",
    "id_token": "implicit",
    "token id_token": "implicit",
}
PROMPTS = ("none", "login", "consent", "select_account")
_BY_PARTS = {frozenset(name.split()): (name, grant_type) for name, grant_type in GRANT_TYPES.items()}
# OpenID Connect Core §3.1.2.6: each parameter that the tenant does not support has its own error.
_NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
_SCOPES = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")  # RFC 6749 §3.3
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class AuthorizationRequest:
    """A valid request of an application."""

    to: ReturnAddress
    parameters: dict[str, str]  # unchanged, for the Actions
    response_types: list[str]
    scopes: list[str]
    audience: str | None = None
    nonce: str | None = None
    prompts: tuple[str, ...] = ()
    connection: str | None = None
    login_hint: str | None = None
    code_challenge: str | None = None
    max_age_seconds: int | None = None

    def to_document(self) -> Document:
        """Return the request as a document for the store."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Return the request of a document."""
        return cls(**{**document, "to": ReturnAddress(**document["to"]), "prompts": tuple(document["prompts"])})

    @property
    def wants_auth_time(self) -> bool:
        """Whether the ID token must contain auth_time: Auth0 adds it for `max_age` and `prompt=login`.

        https://auth0.com/docs/authenticate/login/max-age-reauthentication
        """
        return self.max_age_seconds is not None or "login" in self.prompts


def parse(parameters: QueryParams, to: ReturnAddress, client: Document) -> AuthorizationRequest:
    """Return the request; raise LoginError, which goes to the application, if the request is invalid or not allowed."""
    repeated = [name for name in parameters if len(parameters.getlist(name)) > 1]
    if repeated:  # RFC 6749 §3.1
        raise LoginError("invalid_request", f"The parameter {repeated[0]} is given more than once.")
    values = {name: value for name, value in parameters.items() if value}
    for name, error in _NOT_SUPPORTED.items():
        if name in values:
            raise LoginError(error, f"The parameter {name} is not supported.")
    restrictions.check_authorization_request(client, values)
    mode = values.get("response_mode")
    if mode is not None and not return_address.is_possible(mode, parameters):
        raise LoginError("invalid_request", f"The response_mode {mode} cannot carry this response_type.")
    return AuthorizationRequest(
        to=to,
        parameters=dict(parameters),
        response_types=_response_types(values, client),
        scopes=_scopes(values.get("scope")),
        audience=values.get("audience"),
        nonce=values.get("nonce"),
        prompts=_prompts(values.get("prompt")),
        connection=values.get("connection"),
        login_hint=values.get("login_hint"),
        code_challenge=_code_challenge(values, client),
        max_age_seconds=_max_age(values.get("max_age")),
    )


def _response_types(values: dict[str, str], client: Document) -> list[str]:
    if "response_type" not in values:
        raise LoginError("invalid_request", "Missing required parameter: response_type")
    known = _BY_PARTS.get(frozenset(values["response_type"].split()))
    if known is None:
        raise LoginError("unsupported_response_type", f"The response_type must be one of: {', '.join(GRANT_TYPES)}.")
    name, grant_type = known
    if grant_type not in client.get("grant_types", []):
        raise LoginError("unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.")
    types = name.split()
    if "id_token" in types:
        if "nonce" not in values:  # OpenID Connect Core §3.2.2.1
            raise LoginError("invalid_request", "A nonce is required when an ID token is asked for.")
        if "openid" not in values.get("scope", "").split():
            raise LoginError("invalid_scope", "The scope openid is required when an ID token is asked for.")
    return types


def _scopes(text: str | None) -> list[str]:
    if text is None:
        return []
    if not _SCOPES.fullmatch(text):
        raise LoginError("invalid_scope", "The scope is not a list of names with single spaces between them.")
    return text.split()


def _prompts(text: str | None) -> tuple[str, ...]:
    prompts = tuple(dict.fromkeys((text or "").split()))
    if any(prompt not in PROMPTS for prompt in prompts):
        raise LoginError("invalid_request", f"The prompt must be one of: {', '.join(PROMPTS)}.")
    if "none" in prompts and len(prompts) > 1:  # OpenID Connect Core §3.1.2.1
        raise LoginError("invalid_request", "The prompt none excludes every other.")
    return prompts


def _code_challenge(values: dict[str, str], client: Document) -> str | None:
    if values.get("response_type") != "code":
        return None
    challenge, method = values.get("code_challenge"), values.get("code_challenge_method")
    if challenge is None:
        if method is not None:
            raise LoginError("invalid_request", "The code_challenge_method has no code_challenge.")
        if auth_method.of(client) == "none":  # RFC 9700 §2.1.1
            raise LoginError("invalid_request", "A public client must send a code_challenge (PKCE).")
        return None
    if method != "S256":  # a missing one means "plain" (RFC 7636 §4.3), which protects nothing
        raise LoginError("invalid_request", "The code_challenge_method must be S256.")
    if not _S256_CHALLENGE.fullmatch(challenge):
        raise LoginError("invalid_request", "The code_challenge is not a base64url SHA-256 hash.")
    return challenge


def _max_age(text: str | None) -> int | None:
    if text is None:
        return None
    if not _SECONDS.fullmatch(text):
        raise LoginError("invalid_request", "The max_age is not a number of seconds.")
    return int(text)
