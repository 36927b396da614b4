"""What an application or an API may know about the tenant without asking anyone (OpenID Connect Discovery 1.0)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_tenant.tenant import tenant_of

_PUBLIC = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=15, must-revalidate"}


async def openid_configuration(request: Request) -> Response:
    """GET /.well-known/openid-configuration."""
    issuer = tenant_of(request).listeners.issuer(request)
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}authorize",
            "token_endpoint": f"{issuer}oauth/token",
            "userinfo_endpoint": f"{issuer}userinfo",
            "jwks_uri": f"{issuer}.well-known/jwks.json",
            "revocation_endpoint": f"{issuer}oauth/revoke",
            "end_session_endpoint": f"{issuer}oidc/logout",
            "scopes_supported": [
                "openid",
                "profile",
                "offline_access",
                "name",
                "nickname",
                "email",
                "email_verified",
                "picture",
            ],
            "response_types_supported": ["code", "token", "id_token", "token id_token"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256", "RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "claims_supported": [
                "aud",
                "auth_time",
                "email",
                "email_verified",
                "exp",
                "iat",
                "iss",
                "name",
                "nickname",
                "picture",
                "sub",
            ],
        },
        headers=_PUBLIC,
    )


async def jwks(request: Request) -> Response:
    """GET /.well-known/jwks.json."""
    return JSONResponse(tenant_of(request).keys.jwks(), headers=_PUBLIC)
