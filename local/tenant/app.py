"""The web application: its routes, the check of the Host header, and the log of requests."""

import json
import logging
import time

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.tenant.errors import PageError, StoreError
from local.tenant.faults import FaultyAnswers
from local.tenant.listeners import Listeners
from local.tenant.management.routes import routes as management_routes
from local.tenant.pages import error_page
from local.tenant.sign_in import authorize, consent_page, home, login_pages, logout
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.token_endpoint import discovery, token_endpoint, userinfo

_log = logging.getLogger("local.tenant.requests")


def create_app(tenant: Tenant) -> ASGIApp:
    """Return the application that both listeners serve."""
    with_preflight = ["GET", "POST", "OPTIONS"]
    app = Starlette(
        routes=[
            Route("/", home.home),
            Route("/authorize", authorize.authorize, methods=["GET", "POST"]),
            Route("/u/login", login_pages.login),
            Route("/u/identity-provider/{connection}", login_pages.identify, methods=["GET", "POST"]),
            Route("/u/consent", consent_page.consent, methods=["GET", "POST"]),
            Route("/oauth/token", token_endpoint.token, methods=["POST", "OPTIONS"]),
            Route("/oauth/revoke", token_endpoint.revoke, methods=["POST", "OPTIONS"]),
            Route("/userinfo", userinfo.userinfo, methods=with_preflight),
            Route("/v2/logout", logout.logout),
            Route("/oidc/logout", logout.oidc_logout, methods=["GET", "POST"]),
            Route("/.well-known/openid-configuration", discovery.openid_configuration),
            Route("/.well-known/jwks.json", discovery.jwks),
            Route("/test", _alive),
            *management_routes(tenant.requests_per_second),
            *([Route("/_faults/rotate-keys", _rotate_keys, methods=["POST"])] if tenant.faults else []),
        ],
        exception_handlers={PageError: _show_page_error, StoreError: _show_store_error},
    )
    app.state.tenant = tenant
    inner: ASGIApp = app if tenant.faults is None else FaultyAnswers(app, tenant.faults)
    return _RequestLog(_HostGuard(inner, tenant.listeners))


class _HostGuard:
    """Accepts a request only if its Host header names this machine, or a name from the command line, and this port.

    With DNS rebinding a web page's own name resolves to 127.0.0.1; the Host header then contains that name.
    """

    def __init__(self, app: ASGIApp, listeners: Listeners) -> None:
        self._app = app
        self._listeners = listeners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            port = self._listeners.port(scope["scheme"])
            if Headers(scope=scope).get("host") not in self._listeners.hosts(scope["scheme"]):
                response = PlainTextResponse(f"This is localhost:{port} and no other host.", 421)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _RequestLog:
    """Logs one JSON line for each request: the handler, the status and the time.

    URLs contain codes, tokens and names, so the log contains none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            endpoint = getattr(scope.get("endpoint"), "__name__", "none")
            line = {"method": scope["method"], "endpoint": endpoint, "status": status}
            _log.info(json.dumps({**line, "milliseconds": round((time.monotonic() - started) * 1000)}))


async def _rotate_keys(request: Request) -> Response:
    """POST /_faults/rotate-keys: see the module `faults`."""
    tenant = tenant_of(request)
    withdraw = bool(await request.body()) and (await request.json()).get("revoke", False)
    with tenant.store.transaction():
        last, _ = tenant.keys.current()
        kid = tenant.keys.rotate()["kid"]
        if withdraw:
            tenant.keys.revoke(last)
    return JSONResponse({"kid": kid})


async def _alive(_request: Request) -> Response:
    """GET /test: Auth0's endpoint that shows that a tenant answers."""
    return JSONResponse({"clock": int(time.time() * 1000)})


async def _show_page_error(_request: Request, error: Exception) -> Response:
    if not isinstance(error, PageError):
        raise error
    return error_page(error)


async def _show_store_error(_request: Request, error: Exception) -> Response:
    _log.error(json.dumps({"error": str(error)}))
    body = {
        "error": "server_error",
        "error_description": "The local tenant cannot write to its disk; its log says why.",
    }
    return JSONResponse(body, 507)  # Insufficient Storage; Terraform's provider does not retry it
