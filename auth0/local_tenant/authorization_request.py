"""What an application asks for at /authorize, and whether it may ask that.

RFC 6749 §4.1.1 and §4.2.1, RFC 7636 (PKCE), OpenID Connect Core §3.1.2.1.
"""

import re
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams

from local_tenant.errors import LoginError, PageError
from local_tenant.store import Document
from local_tenant.tenant import Tenant

_RESPONSE_TYPES = {
    frozenset({"code"}): "authorization_code",
    frozenset({"token"}): "implicit",
    frozenset({"id_token"}): "implicit",
    frozenset({"id_token", "token"}): "implicit",
}
_RESPONSE_MODES = ("query", "fragment", "web_message")
_PROMPTS = ("none", "login", "consent", "select_account")
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class AuthorizationRequest:
    """One request of an application; `client_id`, `redirect_uri` and `response_mode` have been checked."""

    client_id: str
    redirect_uri: str
    response_types: list[str]
    response_mode: str
    state: str | None
    scopes: list[str]
    audience: str | None
    nonce: str | None
    prompt: str | None
    connection: str | None
    code_challenge: str | None
    max_age_seconds: int | None

    def to_document(self) -> Document:
        """Return the request as it is kept while the user signs in."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """Return the request that was kept."""
        return cls(**document)

    @property
    def origin(self) -> str:
        """The origin that the answer goes to."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def answer_url(self, answer: dict[str, str]) -> str:
        """Return the redirect_uri with an answer and the application's state in the query or the fragment."""
        text = urlencode({**answer, **({"state": self.state} if self.state is not None else {})})
        if self.response_mode == "fragment":
            return f"{self.redirect_uri}#{text}"
        return f"{self.redirect_uri}{'&' if urlsplit(self.redirect_uri).query else '?'}{text}"


def parse(tenant: Tenant, query: QueryParams) -> AuthorizationRequest:
    """Read a request; raise PageError while it is not known that the redirect_uri is the application's own."""
    repeated = [name for name in query if len(query.getlist(name)) > 1]
    if repeated:  # RFC 6749 §3.1
        raise PageError("Invalid request", f"The parameter {repeated[0]} is given more than once.")
    client = tenant.client(query.get("client_id"))
    if client is None:
        raise PageError("Unknown application", "No application of this tenant has the client_id of the request.", 403)
    redirect_uri = query.get("redirect_uri")
    if not redirect_uri or redirect_uri not in client.get("callbacks", []):
        raise PageError(
            "Callback URL mismatch",
            f"The redirect_uri {redirect_uri or '(none)'} is not among the allowed callback URLs of {client['name']}.",
            403,
        )
    types = sorted(set((query.get("response_type") or "").split()))
    default_mode = "query" if types == ["code"] else "fragment"
    mode = query.get("response_mode") or default_mode
    if mode not in _RESPONSE_MODES or (mode == "query" and default_mode == "fragment"):
        raise PageError("Invalid request", f"The response_mode {mode} cannot carry this response_type.")
    return AuthorizationRequest(
        client_id=client["client_id"],
        redirect_uri=redirect_uri,
        response_types=types,
        response_mode=mode,
        state=query.get("state"),
        scopes=(query.get("scope") or "").split(),
        audience=query.get("audience") or None,
        nonce=query.get("nonce") or None,
        prompt=query.get("prompt") or None,
        connection=query.get("connection") or None,
        code_challenge=query.get("code_challenge") or None,
        max_age_seconds=_max_age(query.get("max_age")),
    )


def check(request: AuthorizationRequest, client: Document, challenge_method: str | None) -> None:
    """Raise LoginError, which goes back to the application, when it may not ask for this."""
    grant_type = _RESPONSE_TYPES.get(frozenset(request.response_types))
    if grant_type is None:
        raise LoginError(
            "unsupported_response_type", "The response_type must be code, token, id_token or id_token token."
        )
    if grant_type not in client["grant_types"]:
        raise LoginError("unauthorized_client", f"Grant type '{grant_type}' not allowed for the client.")
    if request.prompt is not None and request.prompt not in _PROMPTS:
        raise LoginError("invalid_request", "The prompt must be none, login, consent or select_account.")
    if "id_token" in request.response_types and request.nonce is None:
        raise LoginError("invalid_request", "A nonce is required when an ID token is asked for.")
    if grant_type == "authorization_code":
        _check_challenge(request, client, challenge_method)


def _check_challenge(request: AuthorizationRequest, client: Document, method: str | None) -> None:
    if request.code_challenge is None:
        if client.get("token_endpoint_auth_method") == "none":
            raise LoginError("invalid_request", "A public client must send a code_challenge (PKCE).")
        return
    if method != "S256":
        raise LoginError("invalid_request", "The code_challenge_method must be S256.")
    if not _S256_CHALLENGE.fullmatch(request.code_challenge):
        raise LoginError("invalid_request", "The code_challenge is not a base64url SHA-256 hash.")


def _max_age(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise PageError("Invalid request", "The max_age is not a number of seconds.")
    return int(text)
