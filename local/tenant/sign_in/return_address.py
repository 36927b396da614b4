"""Where and how to send the answer of /authorize: the redirect_uri and the response_mode.

The redirect_uri must equal a registered one exactly (RFC 6749 §3.1.2 and §4.1.2.1). OAuth 2.0 Multiple Response Types
§2.1 and Form Post Response Mode §2 define the response modes; `web_message` is Auth0's.
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import QueryParams

from local.tenant.errors import PageError
from local.tenant.sign_in.parameters import single
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of

RESPONSE_MODES = ("query", "fragment", "form_post")  # the modes in the tenant's metadata
_ALL_MODES = (*RESPONSE_MODES, "web_message")
_PAGE_MODES = ("form_post", "web_message")


@dataclass(frozen=True)
class ReturnAddress:
    """A registered redirect_uri of an application, the response mode, and the state to send back."""

    client_id: str
    redirect_uri: str
    response_mode: str
    state: str | None
    issuer: str | None = None  # part of the answer if the tenant's settings say so (RFC 9207)

    @property
    def origin(self) -> str:
        """The origin of the redirect_uri."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_verifiable(self) -> bool:
        """Whether only the application can receive the answer: not for loopback or an app's own scheme (RFC 8252 §8.6).

        https://auth0.com/docs/secure/security-guidance/measures-against-app-impersonation
        """
        parts = urlsplit(self.redirect_uri)
        return parts.scheme in ("http", "https") and parts.hostname not in ("localhost", "127.0.0.1", "::1")

    def with_state(self, answer: dict[str, str]) -> dict[str, str]:
        """Return an answer with the application's state (RFC 6749 §4.1.2) and the issuer (RFC 9207 §2)."""
        more = {"state": self.state, "iss": self.issuer}
        return answer | {name: value for name, value in more.items() if value is not None}

    def url(self, answer: dict[str, str]) -> str:
        """Return the redirect_uri with an answer and the state in its query or fragment."""
        text = urlencode(self.with_state(answer))
        if self.response_mode == "fragment":
            return f"{self.redirect_uri}#{text}"
        return f"{self.redirect_uri}{'&' if urlsplit(self.redirect_uri).query else '?'}{text}"


def find(tenant: Tenant, parameters: QueryParams, issuer: str) -> tuple[Document, ReturnAddress]:
    """Return a request's application and return address; raise PageError unless both are known and match."""
    client = tenant.client(single(parameters, "client_id"))
    if client is None:
        raise PageError("Unknown application", "No application of this tenant has the client_id of the request.", 403)
    redirect_uri = single(parameters, "redirect_uri")
    # RFC 6749 §3.1.2: no fragment, even if one is registered.
    if not redirect_uri or redirect_uri not in client.get("callbacks", []) or "#" in redirect_uri:
        raise PageError(
            "Callback URL mismatch",
            f"The redirect_uri {redirect_uri or '(none)'} is not among the allowed callback URLs of {client['name']}.",
            403,
        )
    mode, state = response_mode(parameters), single(parameters, "state")
    named = issuer if settings_of(tenant).get("authorization_response_iss_parameter_supported") else None
    address = ReturnAddress(client["client_id"], redirect_uri, mode, state, named)
    if address.response_mode in _PAGE_MODES and urlsplit(redirect_uri).scheme not in ("http", "https"):
        raise PageError("Invalid request", f"The response_mode {address.response_mode} needs a web address.")
    if address.response_mode == "web_message" and address.origin not in client.get("web_origins", []):
        raise PageError(
            "Origin not allowed", f"{address.origin} is not an allowed web origin of {client['name']}.", 403
        )
    return client, address


def response_mode(parameters: QueryParams) -> str:
    """Return the response mode: the requested one, or the default if that one is not possible."""
    asked = single(parameters, "response_mode")
    return asked if asked is not None and is_possible(asked, parameters) else _default_mode(parameters)


def is_possible(mode: str, parameters: QueryParams) -> bool:
    """Return whether a response_mode is known and allowed: never a token in a query (Multiple Response Types §3)."""
    return mode in _ALL_MODES and not (mode == "query" and _default_mode(parameters) == "fragment")


def _default_mode(parameters: QueryParams) -> str:
    types = (single(parameters, "response_type") or "").split()
    return "fragment" if "token" in types or "id_token" in types else "query"
