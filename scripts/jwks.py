"""Fetches the signing keys that a tenant publishes, in the form that the authorizer gets."""

import re

import httpx

from authorizer import jwks
from scripts.errors import OperationError, UserError

# Only the local tenant uses http; terraform/modules/stack/variables.tf refuses it elsewhere.
_ISSUER = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?/")


def require_issuer(issuer: str) -> None:
    """Raise UserError unless `issuer` has the form of Auth0's `iss` claim: https, a host, and a slash at the end."""
    if not _ISSUER.fullmatch(issuer):
        raise UserError(f"`issuer` is {issuer!r}; write it as in tokens: https://, the domain, and a slash at the end.")


def fetch_jwks(issuer: str) -> str:
    """Return the issuer's JWK Set as JSON: only the keys that the authorizer accepts, and only their public members.

    Raises:
        UserError: `issuer` does not have the form of an `iss` claim of Auth0; no request is sent.
        OperationError: the tenant does not answer with a JWK Set, or the set holds no usable key.
    """
    require_issuer(issuer)
    url = f"{issuer}.well-known/jwks.json"
    try:
        answer = httpx.get(url, timeout=10)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise OperationError(
            f"{url} did not answer with the tenant's keys ({type(error).__name__}); is `issuer` right?"
        ) from error
    try:
        return jwks.reduced(answer.content)
    except jwks.KeySetError as error:
        raise OperationError(f"{url} answers with keys that the authorizer cannot use: {error}.") from error
