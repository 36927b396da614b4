"""Creates what terraform/modules/auth0 declares in a real tenant.

Each start updates the objects from auth0/, and keeps what people and programs have changed (callback URLs, sessions,
keys).
"""

import dataclasses
import json

from local import private_file
from local.tenant import identifiers
from local.tenant.access import Access
from local.tenant.management import (
    action_documents,
    action_versions,
    bindings,
    client_grants,
    clients,
    connections,
    resource_servers,
)
from local.tenant.management.answers import SEEDED
from local.tenant.management.routes import all_scopes
from local.tenant.people import People
from local.tenant.store import Document
from local.tenant.tenant import Tenant

APPLICATION = "AWSDemo"
API = "StreamingResourceServer"
ACTION = "grant-scopes"
_FORMER_ACTION = "Grant scopes by connection"  # its name in a tenant that was seeded before December 2026
MANAGEMENT_APPLICATION = "Management API"
_TRIGGER = "post-login"
# Seconds. A unit test compares these and the settings below with terraform/modules/auth0; `make test-cloud-root`
# compares whole objects with those that Terraform creates.
_API_SETTINGS: Document = {
    "signing_alg": "RS256",
    "token_lifetime": 3600,
    "token_lifetime_for_web": 3600,
    "allow_offline_access": True,
    "skip_consent_for_verifiable_first_party_clients": True,
}
_APPLICATION_SETTINGS: Document = {
    "description": "Single-page application; declared in Terraform",
    "app_type": "spa",
    "is_first_party": True,
    "oidc_conformant": True,
    "grant_types": ["authorization_code", "refresh_token"],
    "skip_non_verifiable_callback_uri_confirmation_prompt": True,  # because the local site's address is http
    "jwt_configuration": {"alg": "RS256", "lifetime_in_seconds": 3600},
    "refresh_token": {
        "rotation_type": "rotating",
        "expiration_type": "expiring",
        "leeway": 3,
        "token_lifetime": 86400,
        "idle_token_lifetime": 7200,
        "infinite_token_lifetime": False,
        "infinite_idle_token_lifetime": False,
    },
}
_MACHINE_SETTINGS: Document = {
    "app_type": "non_interactive",
    "is_first_party": True,
    "oidc_conformant": True,
    "grant_types": ["client_credentials"],
    "token_endpoint_auth_method": "client_secret_post",  # the provider's default for such an application
    "jwt_configuration": {"alg": "RS256"},
}
# Auth0's defaults for the parts of a theme that branding.yaml omits.
_TEXT: Document = {"bold": False, "size": 100}
_THEME: Document = {
    "displayName": "Gatehouse",
    "borders": {"input_border_radius": 3, "input_border_weight": 1, "inputs_style": "rounded"},
    "colors": {
        "captcha_widget_theme": "auto",
        "input_background": "#ffffff",
        "input_border": "#c9cace",
        "input_filled_text": "#000000",
        "input_labels_placeholders": "#65676e",
    },
    "fonts": {
        "font_url": "",
        "links_style": "normal",
        "reference_text_size": 16,
        "title": {"bold": False, "size": 150},
        "subtitle": {"bold": False, "size": 87.5},
        "links": {"bold": True, "size": 87.5},
        "body_text": {"bold": False, "size": 87.5},
        "input_labels": _TEXT,
        "buttons_text": _TEXT,
    },
    "page_background": {"background_image_url": ""},
    "widget": {"logo_url": ""},
}


def seed_management(tenant: Tenant) -> None:
    """Create an application for the Management API, and write its credentials to `management.json`."""
    client = tenant.store.clients.find(name=MANAGEMENT_APPLICATION) or clients.new_client(
        {
            "name": MANAGEMENT_APPLICATION,
            "app_type": "non_interactive",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "client_secret_post",
            "jwt_configuration": {"alg": "RS256"},
        },
        tenant.keys.current_certificate(),
    )
    tenant.store.clients.put(client["client_id"], client)
    identity = {"client_id": client["client_id"], "subject_type": "client"}
    known = tenant.store.client_grants.find(**identity)
    # The port, and so the audience, may have changed since the last start; so may the routes and their scopes.
    values = {**identity, "audience": tenant.listeners.management_audience, "scope": all_scopes()}
    grant = {**(known or client_grants.new_client_grant(values)), **values}
    tenant.store.client_grants.put(grant["id"], grant)
    credentials = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    private_file.write(tenant.store.directory / "management.json", json.dumps(credentials))


def seed_people(tenant: Tenant, people: People) -> None:
    """Make exactly these people, by their e-mail addresses, available at the emulated identity providers."""
    rows = {person.email.casefold(): dataclasses.asdict(person) for person in people.people}
    with tenant.store.transaction():
        for stale in tenant.store.people.values():  # all, so that the page shows them in the order of the file
            tenant.store.people.delete(stale["email"].casefold())
        for email, row in rows.items():
            tenant.store.people.put(email, row)


def seed(tenant: Tenant, access: Access, people: People) -> None:
    """Create or update what auth0/ declares, from the applications to the look, and the roles of people.yaml."""
    with tenant.store.transaction():
        client_id = _seed_application(tenant, access)
        _seed_api(tenant, access)
        _seed_grant(tenant, client_id, access.audience, "user", sorted(access.scopes))
        _seed_connections(tenant, access, client_id)
        _seed_machine_clients(tenant, access)
        _seed_roles(tenant, access, people)
        _seed_action(tenant, access)
        if access.branding:
            _seed_branding(tenant, access.branding)


def _seed_application(tenant: Tenant, access: Access) -> str:
    client = tenant.store.clients.find(name=APPLICATION) or clients.new_client(
        {
            "name": APPLICATION,
            "token_endpoint_auth_method": "none",
            "callbacks": [],
            "allowed_logout_urls": [],
            "web_origins": [],
            **_APPLICATION_SETTINGS,
        },
        tenant.keys.current_certificate(),
    )
    # The Action recognises the site by this metadata (auth0/actions/grant_scopes.js).
    metadata = {**client.get("client_metadata", {}), "gatehouse_audience": access.audience}
    tenant.store.clients.put(client["client_id"], {**client, "client_metadata": metadata})
    return str(client["client_id"])


def _seed_api(tenant: Tenant, access: Access) -> None:
    api = tenant.store.resource_servers.find(name=API) or resource_servers.new_resource_server(
        {"name": API, "identifier": access.audience, **_API_SETTINGS}
    )
    # In the order in which Terraform sends a map.
    scopes = [{"value": value, "description": access.scopes[value]} for value in sorted(access.scopes)]
    policy = "require_client_grant" if access.machine_clients else "deny_all"
    today = {
        "identifier": access.audience,
        "scopes": scopes,
        "subject_type_authorization": {
            "client": {"policy": policy},
            "user": {"policy": "require_client_grant"},
        },
        **_roles_settings(access),
    }
    tenant.store.resource_servers.put(api["id"], {**api, **today})


def _seed_grant(tenant: Tenant, client_id: str, audience: str, subject_type: str, scope: list[str]) -> None:
    """Ensure one grant with exactly these scopes; `subject_type`: `user` or `client`."""
    identity = {"client_id": client_id, "audience": audience, "subject_type": subject_type}
    grant = tenant.store.client_grants.find(**identity) or client_grants.new_client_grant(identity)
    tenant.store.client_grants.put(grant["id"], {**grant, "scope": scope})


def _roles_settings(access: Access) -> Document:
    """Return the API's settings for role-based access control."""
    enforced = access.role_based_access_control
    return {"enforce_policies": enforced, "token_dialect": "access_token_authz" if enforced else "access_token"}


def _seed_connections(tenant: Tenant, access: Access, client_id: str) -> None:
    for name, row in access.connections.items():
        body = {"name": name, "strategy": name, "enabled_clients": [client_id], SEEDED: True}
        connection = tenant.store.connections.find(name=name) or connections.new_connection(body)
        tenant.store.connections.put(connection["id"], {**connection, "display_name": row["display_name"]})
    for connection in tenant.store.connections.values():
        if connection.get(SEEDED) and connection["name"] not in access.connections:
            tenant.store.connections.delete(connection["id"])


def _seed_machine_clients(tenant: Tenant, access: Access) -> None:
    for name, row in access.machine_clients.items():
        client = tenant.store.clients.find(**{SEEDED: name}) or clients.new_client(
            {
                "name": row["display_name"],
                "description": f"Machine client {name} of access.yaml; declared in Terraform",
                SEEDED: name,
                **_MACHINE_SETTINGS,
            },
            tenant.keys.current_certificate(),
        )
        tenant.store.clients.put(client["client_id"], {**client, "name": row["display_name"]})
        _seed_grant(tenant, client["client_id"], access.audience, "client", row["scopes"])
    for client in tenant.store.clients.values():
        if client.get(SEEDED) and client[SEEDED] not in access.machine_clients:
            clients.remove(tenant, client["client_id"])


def _seed_roles(tenant: Tenant, access: Access, people: People) -> None:
    """Ensure exactly the roles of people.yaml; a role keeps its id."""
    for name, scopes in people.roles.items():
        role = tenant.store.roles.find(name=name) or {"id": f"rol_{identifiers.alphanumeric(16)}", "name": name}
        permissions = [
            {
                "permission_name": scope,
                "description": access.scopes[scope],
                "resource_server_name": API,
                "resource_server_identifier": access.audience,
            }
            for scope in scopes
        ]
        tenant.store.roles.put(role["id"], {**role, "description": name, "permissions": permissions})
    for role in tenant.store.roles.values():
        if role["name"] not in people.roles:
            tenant.store.roles.delete(role["id"])


def _seed_action(tenant: Tenant, access: Access) -> None:
    triggers = [{"id": _TRIGGER, "version": "v3"}]
    body: Document = {"name": ACTION, "code": access.action_code, "supported_triggers": triggers}
    known = tenant.store.actions.find(name=ACTION) or tenant.store.actions.find(name=_FORMER_ACTION)
    if known is None or known.get("deployed_version", {}).get("code") != access.action_code:
        draft = action_documents.new_action(body) if known is None else action_documents.changed(known, body)
        action, _ = action_versions.deploy(tenant, draft, draft)
        if known is None:
            bindings.bind(tenant, _TRIGGER, [(ACTION, action["id"])])


def _seed_branding(tenant: Tenant, look: Document) -> None:
    """Store the look as Terraform would send it, without the logo, because the site's address is not known here."""
    theme: Document = look["theme"]
    colours = {"primary": theme["colors"]["primary_button"]}
    colours["page_background"] = theme["page_background"]["background_color"]
    known = next(iter(tenant.store.themes.values()), {"themeId": identifiers.alphanumeric(32)})
    whole = {name: {**_THEME.get(name, {}), **part} for name, part in theme.items()}
    tenant.store.themes.put(known["themeId"], {**_THEME, **whole, "themeId": known["themeId"]})
    tenant.store.settings.put("branding", {**(tenant.store.settings.get("branding") or {}), "colors": colours})
    tenant.store.settings.put("prompts/login/custom-text/en", {"login": look["texts"]})
