"""The `event` that a post-login Action receives.

https://auth0.com/docs/actions/reference/post-login/post-login-event-object
"""

from typing import Any

from starlette.requests import Request

from local.tenant import identifiers
from local.tenant.encodings import timestamp
from local.tenant.login.authentication import Authentication
from local.tenant.store import Document

REFRESH_PROTOCOL = "oauth2-refresh-token"
# Fields of the store that Auth0 shows elsewhere in the event, or not at all.
_NOT_IN_PROFILE = ("permissions", "logins_count", "last_login", "last_ip")
# Auth0 removes these fields before an Action sees the body.
_SECRET_FIELDS = ("refresh_token", "client_secret", "client_assertion", "code", "code_verifier")


def build(
    request: Request,
    client: Document,
    authentication: Authentication,
    api: Document | None,
    transaction: Document,
    *,
    roles: list[str],
    query: dict[str, str],
    body: dict[str, str],
    refresh_token: Document | None,
) -> Document:
    """Return the event without `secrets`, which differ for each Action.

    Features that this tenant lacks (organization, custom_domain, prompt, risk assessment) are absent, as in a tenant
    that does not use them. A refresh has no `session`.
    https://support.auth0.com/center/s/article/Session-ID-in-a-post-login-action
    """
    connection = authentication.connection
    refreshing = transaction["protocol"] == REFRESH_PROTOCOL
    event: Document = {
        "tenant": {"id": "localhost"},
        "client": _client(client),
        "connection": {
            "id": connection["id"],
            "name": connection["name"],
            "strategy": connection["strategy"],
            "metadata": connection.get("metadata", {}),
        },
        "user": _user(authentication),
        "authorization": {"roles": roles},
        "authentication": {"methods": [{"name": "federated", "timestamp": timestamp(authentication.auth_time)}]},
        "request": _request(request, query, body),
        "stats": {"logins_count": authentication.user.get("logins_count", 1)},
        "transaction": {**(_refresh_defaults() if refreshing else _login_defaults(query)), **transaction},
    }
    if api is not None:
        event["resource_server"] = {"identifier": api["identifier"]}
    if not refreshing:
        event["session"] = {
            "id": authentication.session_id,
            "user_id": authentication.user["user_id"],
            "authenticated_at": timestamp(authentication.auth_time),
        }
    if refresh_token is not None:
        event["refresh_token"] = refresh_token
    return event


def _client(client: Document) -> Document:
    return {
        "client_id": client["client_id"],
        "name": client["name"],
        "metadata": client.get("client_metadata") or {},
    }


def _user(authentication: Authentication) -> Document:
    user, connection = authentication.user, authentication.connection
    identity = {
        "connection": connection["name"],
        "isSocial": True,
        "provider": connection["strategy"],
        "user_id": user["user_id"].partition("|")[2],
    }
    profile = {name: value for name, value in user.items() if name not in _NOT_IN_PROFILE}
    return {"app_metadata": {}, "user_metadata": {}, **profile, "identities": [identity]}


def _request(request: Request, query: dict[str, str], body: dict[str, str]) -> Document:
    values: dict[str, Any] = {
        "ip": request.client.host if request.client else "127.0.0.1",
        "hostname": request.url.hostname,
        "method": request.method,
        "geoip": {},  # a loopback address has no location
        "query": query,
        "body": {name: value for name, value in body.items() if name not in _SECRET_FIELDS},
        "user_agent": request.headers.get("user-agent"),
        "language": request.headers.get("accept-language"),
    }
    return {name: value for name, value in values.items() if value is not None}


def _refresh_defaults() -> Document:
    return {"locale": "en", "metadata": {}}


def _login_defaults(query: dict[str, str]) -> Document:
    correlation = {"correlation_id": query["correlation_id"]} if "correlation_id" in query else {}
    return {
        "id": identifiers.alphanumeric(24),
        "acr_values": query.get("acr_values", "").split(),
        "ui_locales": query.get("ui_locales", "").split(),
        "prompt": [],
        "locale": "en",
        "metadata": {},
        **correlation,
    }
