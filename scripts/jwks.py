"""The signing keys that a tenant publishes, as the authorizer carries them."""

import json

import httpx

from scripts.errors import OperationError

# What an RSA verifier needs of a JWK (RFC 7517 §4, RFC 7518 §6.3.1); the rest, certificates above all, would not fit
# into the 4 KB that Lambda gives all environment variables together.
_JWK_MEMBERS = ("kty", "n", "e", "kid", "alg", "use")


def fetch_jwks(issuer: str) -> str:
    """Return the issuer's JWK Set as JSON, its keys reduced to what verification reads.

    Raises:
        OperationError: the tenant does not answer with a JWK Set.
    """
    url = f"{issuer}.well-known/jwks.json"
    try:
        answer = httpx.get(url, timeout=10)
        answer.raise_for_status()
        keys = [{member: key[member] for member in _JWK_MEMBERS if member in key} for key in answer.json()["keys"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise OperationError(
            f"{url} did not answer with the tenant's keys ({type(error).__name__}); is `issuer` right?"
        ) from error
    return json.dumps({"keys": keys}, separators=(",", ":"))
