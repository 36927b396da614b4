"""GET /v2/logout and GET /oidc/logout: end the browser's session, and return only to an address on the list.

https://auth0.com/docs/authenticate/login/logout/redirect-users-after-logout
"""

from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from local_tenant import sessions
from local_tenant.errors import PageError
from local_tenant.pages import error_page
from local_tenant.tenant import Tenant, tenant_of


async def logout(request: Request) -> Response:
    """Auth0's own logout: `returnTo`, and `client_id` to use that application's list instead of the tenant's."""
    query = request.query_params
    return _end(request, query.get("client_id"), query.get("returnTo"), {})


async def oidc_logout(request: Request) -> Response:
    """The standard's logout (OpenID Connect RP-Initiated Logout 1.0 §2)."""
    query = request.query_params
    client_id = query.get("client_id") or _audience(tenant_of(request), query.get("id_token_hint"))
    state = {"state": query["state"]} if "state" in query else {}
    return _end(request, client_id, query.get("post_logout_redirect_uri"), state)


def _end(request: Request, client_id: str | None, target: str | None, answer: dict[str, str]) -> Response:
    tenant = tenant_of(request)
    allowed = _allowed(tenant, client_id)
    # The session ends in any case: whoever asks to be signed out is, even when the way back is refused.
    if target is not None and target not in allowed:
        response: Response = error_page(
            PageError(
                "Logout address not allowed",
                "You are signed out, but the address to return to is not on the list of allowed logout URLs.",
            )
        )
    elif target is None and not (client_id and allowed):
        response = PlainTextResponse("OK")
    else:
        url = target or allowed[0]
        if answer:
            url += ("&" if urlsplit(url).query else "?") + urlencode(answer)
        response = RedirectResponse(url, 302)
    response.headers["Cache-Control"] = "no-store"
    sessions.end(tenant, request, response)
    return response


def _allowed(tenant: Tenant, client_id: str | None) -> list[str]:
    if client_id is None:
        settings = tenant.store.settings.get("tenants/settings") or {}
        return list(settings.get("allowed_logout_urls", []))
    client = tenant.client(client_id)
    return list(client.get("allowed_logout_urls", [])) if client else []


def _audience(tenant: Tenant, id_token: str | None) -> str | None:
    if not id_token:
        return None
    try:  # an expired token still says which application it was for
        claims = jwt.decode(id_token, tenant.keys.trusted(), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return None
    return str(claims.get("aud"))
