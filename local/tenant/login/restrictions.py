"""Refuses requests under settings that demand a feature which this tenant lacks.

The Management API accepts these settings, like Auth0. The tenant does not support pushed requests (RFC 9126), signed
requests (RFC 9101), DPoP (RFC 9449), encrypted access tokens and organizations, so no request can meet the demand.
"""

from collections.abc import Mapping

from local.tenant import auth_method
from local.tenant.errors import LoginError, OAuthError
from local.tenant.store import Document


def check_authorization_request(client: Document, values: Mapping[str, str]) -> None:
    """Raise LoginError if the application must push or sign its requests, or if its users need an organization.

    `values`: the parameters of the request, by name.
    """
    if client.get("require_pushed_authorization_requests"):
        raise LoginError("invalid_request", "The application must push its requests (RFC 9126) and none can be pushed.")
    if (client.get("signed_request_object") or {}).get("required"):
        raise LoginError("invalid_request", "The application must sign its requests and no signed one is taken.")
    usage, named = client.get("organization_usage") or "deny", "organization" in values
    if usage == "require" and not named:
        raise LoginError("invalid_request", "parameter organization is required for this client")
    if usage == "deny" and named:
        raise LoginError("invalid_request", "parameter organization is not allowed for this client")
    if named:
        raise LoginError("invalid_request", "The local tenant has no organizations.")


def check_token_request(client: Document) -> None:
    """Raise OAuthError if the application must prove that it holds the token's key (RFC 9449 §5.1)."""
    if client.get("require_proof_of_possession"):
        raise OAuthError("invalid_dpop_proof", "The application must use DPoP, and the local tenant does not play it.")


def why_no_token(api: Document, client: Document) -> str | None:
    """Return why the tenant cannot make the access token that an API demands; None if it can."""
    proof = api.get("proof_of_possession") or {}
    # Without `required_for`, all applications need it.
    if proof.get("required") and (proof.get("required_for") != "public_clients" or auth_method.of(client) == "none"):
        return "The API takes sender-constrained tokens only, and the local tenant makes none."
    if api.get("token_encryption"):
        return "The API takes encrypted tokens only, and the local tenant does not encrypt."
    return None
