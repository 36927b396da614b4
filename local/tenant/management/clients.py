"""Applications: /clients."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.tenant import identifiers
from local.tenant.login.tokens import ID_TOKEN_SECONDS
from local.tenant.management import client_credentials
from local.tenant.management.answers import SEEDED, ManagementError, chosen_fields, find, listing, merged
from local.tenant.management.payloads import Form
from local.tenant.store import Document
from local.tenant.tenant import Tenant, tenant_of
from local.tenant.tenant_settings import flag

# Without this scope, an answer has no secret and no key of the application.
SECRETS_SCOPE = "read:client_keys"
_SECRETS = ("client_secret", "signing_keys", "encryption_key")
_FORM = Form("clients")
# Every answer has these members, whatever `fields` says.
_IDS = ("client_id", "signing_keys")
# The members for authentication methods; an application has only one of them.
_METHODS = ("token_endpoint_auth_method", "client_authentication_methods")
# The objects in an application into which a change is merged; it replaces all others.
_MERGED = ("client_metadata", "mobile", "native_social_login", "session_transfer", "signed_request_object")
_PART_DEFAULTS: Document = {
    "session_transfer": {
        "can_create_session_transfer_token": False,
        "allowed_authentication_methods": [],
        "enforce_device_binding": "ip",
        "allow_refresh_token": False,
        "enforce_online_refresh_tokens": True,
        "enforce_cascade_revocation": True,
    },
}
_DAY = 86400
# Confidential applications get long-lived refresh tokens; all others get thirty days.
_CONFIDENTIAL_METHODS = ("client_secret_post", "client_secret_basic")


def new_client(body: Document, certificate: str) -> Document:
    """Return a fresh application: Auth0's defaults for its kind, overridden by the body."""
    public = body.get("token_endpoint_auth_method") == "none"
    defaults: Document = {
        "name": body["name"],
        "client_id": identifiers.client_id(),
        "client_secret": identifiers.secret(),
        "is_first_party": True,
        "is_token_endpoint_ip_header_trusted": False,
        "oidc_conformant": False,
        "jwt_configuration": {"secret_encoded": False, "lifetime_in_seconds": ID_TOKEN_SECONDS},
        "signing_keys": [{"cert": certificate}],
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "grant_types": ["authorization_code", "implicit", "refresh_token", *([] if public else ["client_credentials"])],
        "custom_login_page_on": True,
        "refresh_token": _usual_refresh_token(body),
    } | _defaults_of_its_kind(body)
    if body.get("jwt_configuration"):  # a body that sets a part gets no default for the lifetime
        defaults["jwt_configuration"] = {"secret_encoded": False}
    return _merge(defaults, body)


def _defaults_of_its_kind(body: Document) -> Document:
    """Return the defaults of a new application of this kind that differ from the usual ones."""
    if body.get("app_type") in ("express_configuration", "resource_server"):
        return {"jwt_configuration": {"secret_encoded": False, "alg": "RS256"}}
    if body.get("is_first_party", True):
        return {}
    if body.get("third_party_security_mode") != "strict":
        return {"third_party_security_mode": "permissive"}
    return {
        "client_id": identifiers.third_party_client_id(),
        "oidc_conformant": True,
        "grant_types": ["authorization_code"],
        "jwt_configuration": {"secret_encoded": False, "alg": "RS256", "lifetime_in_seconds": 3600},
        "refresh_token": {
            **_usual_refresh_token(body),
            "expiration_type": "expiring",
            "infinite_idle_token_lifetime": False,
        },
    }


def _usual_refresh_token(client: Document) -> Document:
    confidential = client.get("token_endpoint_auth_method") in _CONFIDENTIAL_METHODS
    return {
        "rotation_type": "non-rotating",
        "expiration_type": "non-expiring",
        "leeway": 0,
        "token_lifetime": 31557600 if confidential else 30 * _DAY,
        "infinite_token_lifetime": True,
        "infinite_idle_token_lifetime": True,
        "idle_token_lifetime": 30 * _DAY if confidential else 15 * _DAY,
    }


def _merge(client: Document, changes: Document) -> Document:
    result = merged(client, changes)
    for name in _MERGED:
        if changes.get(name):
            known: Document = client.get(name) or _PART_DEFAULTS.get(name) or {}
            result[name] = merged(known, changes[name])
    result["jwt_configuration"] = {**client["jwt_configuration"], **(changes.get("jwt_configuration") or {})}
    if "refresh_token" in changes:
        known = client["refresh_token"] if changes["refresh_token"] else _usual_refresh_token(result)
        result["refresh_token"] = merged(known, changes["refresh_token"] or {})
    if not result.get("initiate_login_uri", True):
        del result["initiate_login_uri"]  # an empty text removes it; other empty texts stay
    for given, other in (_METHODS, _METHODS[::-1]):
        if changes.get(given):
            result.pop(other, None)
    return result


def remove(tenant: Tenant, client_id: str) -> None:
    """Delete an application, with its grants, its credentials and its entries in connections."""
    store = tenant.store
    with store.transaction():
        store.clients.delete(client_id)
        for collection in (store.client_credentials, store.client_grants):
            for row in collection.find_all(client_id=client_id):
                collection.delete(row["id"])
        for row in store.connections.values():
            if client_id in row["enabled_clients"]:
                row["enabled_clients"].remove(client_id)
                store.connections.put(row["id"], row)


def _find(request: Request) -> Document:
    return find(tenant_of(request).store.clients, request.path_params["id"], "client")


def _shown(request: Request, client: Document) -> Document:
    hidden = () if SECRETS_SCOPE in request.state.scopes else _SECRETS
    if client.get("client_authentication_methods"):
        hidden = (*hidden, "client_secret")  # kept, but unused while the application authenticates with a key
    return {name: value for name, value in client.items() if name not in (*hidden, SEEDED)}


def _check_credentials(tenant: Tenant, client_id: str, body: Document) -> None:
    """Raise ManagementError unless all credentials that a change names belong to the application."""
    methods = body.get("client_authentication_methods") or {}
    if methods.keys() - {"private_key_jwt"}:
        raise ManagementError(501, f"The local tenant does not play {', '.join(methods)}", "not_implemented")
    own = {row["id"] for row in client_credentials.of_client(tenant, client_id)}
    if not own.issuperset(client_credentials.named(body)):
        raise ManagementError(400, "The client has no such credential", "inexistent_credential")


def _enable_connections(tenant: Tenant, client_id: str) -> None:
    for row in tenant.store.connections.values():
        tenant.store.connections.put(row["id"], {**row, "enabled_clients": [*row["enabled_clients"], client_id]})


def _check_logout(body: Document) -> None:
    """Raise ManagementError for an application with back-channel logout, because the local tenant sends no requests."""
    urls = [(body.get("oidc_logout") or {}).get("backchannel_logout_urls"), body.get("oidc_backchannel_logout")]
    if any(urls):
        message = "The local tenant does not play back-channel logout"
        raise ManagementError(501, message, "not_implemented")


async def list_clients(request: Request) -> Response:
    """GET /clients, filtered by `app_type` or `is_first_party`."""
    query = request.query_params
    rows = [
        chosen_fields(request, _shown(request, row), _IDS)
        for row in tenant_of(request).store.clients.values()
        if query.get("app_type") in (None, row.get("app_type"))
        and query.get("is_first_party") in (None, str(row["is_first_party"]).lower())
    ]
    return listing(request, "clients", rows)


async def create(request: Request) -> Response:
    """POST /clients: the answer has the secret, even if the token's scopes do not allow reading it."""
    tenant = tenant_of(request)
    body = await _FORM.new(request)
    _check_credentials(tenant, "", body)
    _check_logout(body)
    client = new_client(body, tenant.keys.current_certificate())
    with tenant.store.transaction():
        tenant.store.clients.put(client["client_id"], client)
        if flag(tenant, "enable_client_connections"):
            _enable_connections(tenant, client["client_id"])
    return JSONResponse(client, 201)


async def read(request: Request) -> Response:
    """GET /clients/{id}."""
    return JSONResponse(chosen_fields(request, _shown(request, _find(request)), _IDS))


async def update(request: Request) -> Response:
    """PATCH /clients/{id}."""
    tenant = tenant_of(request)
    body = await _FORM.change(request)
    client = _find(request)
    _check_credentials(tenant, client["client_id"], body)
    _check_logout(body)
    client = _merge(client, body)
    tenant.store.clients.put(client["client_id"], client)
    return JSONResponse(_shown(request, client))


async def delete(request: Request) -> Response:
    """DELETE /clients/{id}."""
    remove(tenant_of(request), request.path_params["id"])
    return Response(status_code=204)


async def rotate_secret(request: Request) -> Response:
    """POST /clients/{id}/rotate-secret: the answer has the new secret."""
    client = {**_find(request), "client_secret": identifiers.secret()}
    tenant_of(request).store.clients.put(client["client_id"], client)
    return JSONResponse({**_shown(request, client), "client_secret": client["client_secret"]})
