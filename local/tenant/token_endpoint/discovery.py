"""The tenant's public metadata and keys.

OpenID Connect Discovery 1.0 §3, RFC 8414 §2, RP-Initiated Logout 1.0 §2.1. Most values come from the code that obeys
them, so the metadata cannot promise a feature that the tenant lacks.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import auth_method
from local.tenant.sign_in.authorization_request import GRANT_TYPES
from local.tenant.sign_in.return_address import RESPONSE_MODES
from local.tenant.tenant import tenant_of
from local.tenant.tenant_settings import settings_of
from local.tenant.token_endpoint import client_assertions, token_grants

_PUBLIC = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=15, must-revalidate"}
_SCOPES = ["openid", "profile", "email", "offline_access"]
_CLAIMS = ["aud", "auth_time", "email", "email_verified", "exp", "iat", "iss", "name", "nickname", "picture", "sub"]


async def openid_configuration(request: Request) -> Response:
    """GET /.well-known/openid-configuration."""
    tenant = tenant_of(request)
    issuer = tenant.listeners.issuer(request)
    document = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "scopes_supported": _SCOPES,
        "response_types_supported": list(GRANT_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": sorted({*GRANT_TYPES.values(), *token_grants.GRANTS}),
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["HS256", "RS256"],
        "token_endpoint_auth_methods_supported": list(auth_method.METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(client_assertions.ALGORITHMS),
        "claims_supported": _CLAIMS,
        "request_uri_parameter_supported": False,  # for the standard, a missing value means true
        "request_parameter_supported": False,
    }
    settings = settings_of(tenant)
    if settings.get("authorization_response_iss_parameter_supported"):  # RFC 9207 §3
        document["authorization_response_iss_parameter_supported"] = True
    if (settings.get("oidc_logout") or {}).get("rp_logout_end_session_endpoint_discovery", True):
        document["end_session_endpoint"] = f"{issuer}oidc/logout"
    return JSONResponse(document, headers=_PUBLIC)


async def jwks(request: Request) -> Response:
    """GET /.well-known/jwks.json."""
    return JSONResponse(tenant_of(request).keys.jwks(), headers=_PUBLIC)
