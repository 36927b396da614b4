"""Finds the client id with which a tenant sends visitors of a connection to the identity provider.

`GET /authorize` with a connection answers with a redirect to the provider
(https://auth0.com/docs/api/authentication/login/social). The redirect has the client id (RFC 6749 section 4.1.1). So
nobody needs to read the connection's options, which also hold the secret.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx

from scripts.errors import OperationError
from scripts.management_api import ManagementApi
from scripts.sign_in import code_challenge


class NoProviderError(OperationError):
    """The tenant does not send a visitor to an identity provider; the text says what it does instead."""


@dataclass(frozen=True)
class Site:
    """The site's application: its client id, a callback URL, and whether it uses the code flow."""

    client_id: str
    callback: str
    uses_code: bool


def client_id(tenant: ManagementApi, site: Site, connection: str) -> str:
    """Return the client id at the identity provider. The request needs no credentials, and signs nobody in.

    Raises:
        NoProviderError: the answer is not a redirect to a provider.
        ManagementError: the tenant does not answer.
    """
    return client_id_in(visit(tenant, site, connection), connection)


def visit(tenant: ManagementApi, site: Site, connection: str) -> httpx.Response:
    """Return the tenant's answer to a visitor who signs in with a connection; ManagementError if it gives none."""
    return tenant.visit("/authorize", **_request(site, connection))


def client_id_in(answer: httpx.Response, connection: str) -> str:
    """Return the client id in the redirect to the identity provider; raise NoProviderError if it is none."""
    location = urlsplit(str(answer.headers.get("location", "")))
    parameters = parse_qs(location.query or location.fragment)
    if found := parameters.get("client_id"):
        return found[0]
    said = next(iter(parameters.get("error_description", [])), None)
    where = f"a redirect to {location.path or '/'}" if location.path or location.netloc else str(answer.status_code)
    raise NoProviderError(f"/authorize for {connection} answers {said or where}, not a redirect to its provider")


def _request(site: Site, connection: str) -> dict[str, str]:
    code = {"response_type": "code", **code_challenge(secrets.token_urlsafe(48))}
    return {
        "client_id": site.client_id,
        "redirect_uri": site.callback,
        "connection": connection,
        "scope": "openid",
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        **(code if site.uses_code else {"response_type": "id_token"}),
    }
