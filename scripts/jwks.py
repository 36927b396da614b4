"""The signing keys that a tenant publishes, as they are handed to the authorizer."""

import httpx

from authorizer import jwks
from scripts.errors import OperationError


def fetch_jwks(issuer: str) -> str:
    """Return the issuer's JWK Set as JSON: the keys that the authorizer takes, and of them only what verifies.

    Raises:
        OperationError: the tenant does not answer with a JWK Set, or with one that holds no usable key.
    """
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
