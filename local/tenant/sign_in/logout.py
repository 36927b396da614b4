"""/v2/logout and /oidc/logout: end the browser's session, then redirect only to an allowed logout URL."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from local.tenant import identifiers
from local.tenant.errors import PageError
from local.tenant.login import tokens
from local.tenant.pages import error_page, page
from local.tenant.sign_in import logout_targets, sessions
from local.tenant.sign_in.parameters import read_parameters
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.tenant_settings import settings_of

_COOKIE = "logout"


@dataclass(frozen=True)
class _Hint:
    """The application and the session of the id_token_hint."""

    client_id: str
    session_id: str


async def logout(request: Request) -> Response:
    """GET /v2/logout, Auth0's own. `client_id`: check `returnTo` against that application's list, not the tenant's.

    The session ends in any case, even if `returnTo` is refused.
    """
    tenant, query = tenant_of(request), request.query_params
    client_id, target = query.get("client_id"), query.get("returnTo")
    listed = logout_targets.allowed(tenant, client_id)
    if target is None:
        response: Response = _redirect(listed[0]) if client_id and listed else PlainTextResponse("OK")
    elif any(logout_targets.is_same_page(target, url) for url in listed):
        response = _redirect(target)
    else:
        response = _refused("You are signed out, but the address to return to is not on the list.")
    sessions.end(tenant, request, response)
    return response


async def oidc_logout(request: Request) -> Response:
    """GET and POST /oidc/logout (OpenID Connect RP-Initiated Logout 1.0 §2).

    Without a hint that matches the browser's session, a page asks the user first (§6). Auth0 does too, unless the
    tenant's `sessions.oidc_logout_prompt_enabled` is false.
    """
    tenant = tenant_of(request)
    parameters = dict(await read_parameters(request))
    hint = _hint(tenant, parameters)
    problem = _contradiction(parameters, hint)
    if problem:
        return _refused(problem)
    response = _way_back(tenant, parameters, hint)
    if response.status_code >= 400:
        return response
    session = sessions.current(tenant, request)
    known = hint.session_id if hint else parameters.get("logout_hint")
    asks = (settings_of(tenant).get("sessions") or {}).get("oidc_logout_prompt_enabled", True)
    if session is not None and session.session_id != known and asks and not _is_confirmed(request, parameters):
        return _ask(request, parameters, response.headers.get("location", ""))
    sessions.end(tenant, request, response)
    return response


def _hint(tenant: Tenant, parameters: dict[str, str]) -> _Hint | None:
    """Return the content of the id_token_hint, even if it has expired; None without one."""
    text = parameters.get("id_token_hint")
    if not text:
        return None
    claims = tokens.id_token_claims(tenant, text, tenant.client(parameters.get("client_id")))
    if claims is None or not isinstance(claims.get("aud"), str):
        return _Hint("", "")  # an invalid hint; `_contradiction` reports it
    return _Hint(claims["aud"], claims["sid"])


def _contradiction(parameters: dict[str, str], hint: _Hint | None) -> str:
    """Return a sentence about hints that contradict each other, else an empty text."""
    if hint is None:
        return ""
    if not hint.client_id:
        return "The id_token_hint is not an ID token of this tenant."
    if parameters.get("client_id", hint.client_id) != hint.client_id:
        return "The id_token_hint was issued to another application than client_id."
    if parameters.get("logout_hint", hint.session_id) != hint.session_id:
        return "The id_token_hint and the logout_hint are of different sessions."
    return ""


def _way_back(tenant: Tenant, parameters: dict[str, str], hint: _Hint | None) -> Response:
    client_id = parameters.get("client_id") or (hint.client_id if hint else None)
    listed = logout_targets.allowed(tenant, client_id)
    target = parameters.get("post_logout_redirect_uri")
    if target is None:
        return _redirect(listed[0]) if parameters.get("client_id") and listed else PlainTextResponse("OK")
    if target not in listed:  # compared exactly, with the query
        return _refused("The post_logout_redirect_uri is not on the list of allowed logout URLs.")
    return _redirect(target, {"state": parameters["state"]} if "state" in parameters else {})


def _ask(request: Request, parameters: dict[str, str], target: str) -> Response:
    csrf, parts = secrets.token_urlsafe(32), urlsplit(target)
    fields = {name: value for name, value in parameters.items() if name != "csrf"}
    look, origin = tenant_of(request).look(), f"{parts.scheme}://{parts.netloc}"
    response = page("logout.html", form_target=origin, look=look, fields=fields, csrf=csrf)
    sessions.set_cookie(request, response, _COOKIE, csrf, None)
    return response


def _is_confirmed(request: Request, parameters: dict[str, str]) -> bool:
    """Return whether the user pressed the button of `_ask`: only that page knows the cookie's value."""
    cookie = request.cookies.get(sessions.cookie_name(request, _COOKIE), "")
    return request.method == "POST" and bool(cookie) and identifiers.same(parameters.get("csrf", ""), cookie)


def _redirect(url: str, answer: dict[str, str] | None = None) -> Response:
    if answer:
        url += ("&" if urlsplit(url).query else "?") + urlencode(answer)
    return RedirectResponse(url, 302, {"Cache-Control": "no-store"})


def _refused(explanation: str) -> Response:
    return error_page(PageError("Logout request refused", explanation))
