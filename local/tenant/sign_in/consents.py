"""Decides whether the user must agree first: to an application's scopes, or to an application that may be an impostor.

https://auth0.com/docs/get-started/applications/third-party-applications/user-consent-and-third-party-applications
https://auth0.com/docs/secure/security-guidance/measures-against-app-impersonation
"""

from local.tenant.login.permissions import find_api, grantable_scopes
from local.tenant.sign_in.authorization_request import AuthorizationRequest
from local.tenant.store import Document
from local.tenant.tenant import Tenant
from local.tenant.tenant_settings import settings_of

_SKIP_CONFIRMATION = "skip_non_verifiable_callback_uri_confirmation_prompt"


def to_ask_for(tenant: Tenant, client: Document, asked: AuthorizationRequest, user: Document) -> list[str]:
    """Return the scopes for the consent page; empty if the user has consented or the application needs no consent.

    Raises:
        LoginError: the application may not call the API.
    """
    api = find_api(tenant, client, asked.audience)
    scopes = grantable_scopes(tenant, client, api, user, asked.scopes)
    if "consent" in asked.prompts:
        return scopes
    if client.get("is_first_party", True) and (api is None or api["skip_consent_for_verifiable_first_party_clients"]):
        return []
    given = tenant.store.consents.get(_key(client, user, asked)) or {"scopes": []}
    return scopes if set(scopes) - set(given["scopes"]) else []


def needs_confirmation(tenant: Tenant, client: Document, asked: AuthorizationRequest) -> bool:
    """Return whether a silent sign-in needs a confirmation: any program on the user's machine may get the answer."""
    setting = client.get(_SKIP_CONFIRMATION)
    if setting is None:
        setting = settings_of(tenant).get(_SKIP_CONFIRMATION)
    return not asked.to.is_verifiable and setting not in (True, "true")


def give(tenant: Tenant, client: Document, asked: AuthorizationRequest, user: Document, scopes: list[str]) -> None:
    """Record that a user has consented to these scopes, in addition to earlier ones."""
    key = _key(client, user, asked)
    with tenant.store.transaction():
        given = tenant.store.consents.get(key) or {"scopes": []}
        tenant.store.consents.put(
            key,
            {
                "user_id": user["user_id"],
                "client_id": client["client_id"],
                "audience": asked.audience,
                "scopes": list(dict.fromkeys([*given["scopes"], *scopes])),
            },
        )


def _key(client: Document, user: Document, asked: AuthorizationRequest) -> str:
    return f"{user['user_id']} {client['client_id']} {asked.audience or ''}"
