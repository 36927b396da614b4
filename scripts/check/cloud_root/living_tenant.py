"""A tenant that already serves others: the check fills it before the first apply and compares it later."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from scripts.check.cloud_root.visitor import Visitor, VisitorSettings
from scripts.management_api import APPLICATION_MARK, ManagementApi, ManagementError

OUR_ACTION, OUR_MACHINE = "grant-scopes", "Nightly report"
SHOP_CONNECTIONS = ("Username-Password-Authentication", "google-oauth2", "github")
GOOGLE_KEYS = {"client_id": "shop.apps.googleusercontent.com", "client_secret": "the shop's secret at Google"}
_SHOP_API = "https://shop.example/api"
_SHOP_CALLBACK = "https://shop.example/callback"
_TEMPLATE = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>The shop {%- auth0:widget -%}</body></html>"
_OTHER_ACTION = (
    "exports.onExecutePostLogin = async (event, api) => api.idToken.setCustomClaim('https://shop.example/', 1);"
)
# The tenant-wide settings, each a document of its own.
_SHARED = (
    "tenants/settings",
    "branding",
    "branding/themes/default",
    "branding/templates/universal-login",
    "prompts",
    "prompts/login/custom-text/en",
    "prompts/signup/custom-text/en",
    "attack-protection/brute-force-protection",
)
# Members that change by themselves; a restored theme has a new id.
_COUNTED = ("updated_at", "last_login", "last_ip", "logins_count", "themeId")
# The member of a connection that an import may change: module auth0 sets it from access.yaml.
_TAKEN_OVER = "display_name"


class LivingTenant:
    """The shop, which shares the tenant: applications, an API, connections with keys and users, an Action, a look."""

    def __init__(self, api: ManagementApi, settings: VisitorSettings) -> None:
        """Create everything; `settings` holds the tenant's address."""
        self._api = api
        self.connection_ids = dict(self._make_connections())
        shop = self._make_applications()
        self._settings = VisitorSettings(
            settings.tenant_url, settings.certificate, shop, _SHOP_API, _SHOP_CALLBACK, settings.aws_url
        )
        self._make_look()
        self._make_action()
        for connection in SHOP_CONNECTIONS:
            Visitor(self._settings).sign_in(connection, ["read:Cart"])

    def sign_in(self, connection: str) -> None:
        """Sign in at the shop; raise OperationError if that fails."""
        Visitor(self._settings).sign_in(connection, ["read:Cart"])

    def picture(self) -> dict[str, Any]:
        """Return a snapshot of everything in the tenant that is not ours, by readable names."""
        marked = (row for row in self._rows("clients") if APPLICATION_MARK in (row.get("client_metadata") or {}))
        own = {row["client_id"] for row in marked}
        own |= {row["client_id"] for row in self._rows("clients") if row["name"] == OUR_MACHINE}
        found = {path: self._document(path) for path in _SHARED}
        for row in self._rows("clients"):
            if row["client_id"] not in own:
                found[f"application {row['name']}"] = row
        for row in self._rows("resource-servers"):
            if row["identifier"] == _SHOP_API:
                found[f"API {row['name']}"] = row
        for row in self._api.rows("client-grants", "client_grants", audience=_SHOP_API):
            found[f"grant {row['id']}"] = row
        for name, identifier in self.connection_ids.items():
            row = self._api.get(f"connections/{identifier}")
            row.pop("enabled_clients", None)
            found[f"connection {name}"] = row
            found[f"applications of connection {name}"] = self._api.clients_of_connection(identifier) - own
        for row in self._api.rows("actions/actions", "actions"):
            if row["name"] != OUR_ACTION:
                found[f"Action {row['name']}"] = row
        order = [row["action"]["name"] for row in self._api.rows("actions/triggers/post-login/bindings", "bindings")]
        found["order of Actions"] = [name for name in order if name != OUR_ACTION]
        for row in self._api.rows("users", "users"):
            found[f"user {row['user_id']}"] = row
        return dict(_plain(found))

    def _make_connections(self) -> Iterator[tuple[str, str]]:
        options = {
            "google-oauth2": {
                **GOOGLE_KEYS,
                "scope": ["email", "profile"],
                "upstream_params": {"screen_name": {"alias": "login_hint"}},
            },
            "github": {"client_id": "the shop at GitHub", "client_secret": "its secret"},
        }
        for name in SHOP_CONNECTIONS:
            strategy = "auth0" if name not in options else name
            body = {"name": name, "strategy": strategy, "options": options.get(name, {})}
            yield name, str(self._api.send("POST", "connections", body=body)["id"])

    def _make_applications(self) -> str:
        api = {
            "name": "Shop",
            "identifier": _SHOP_API,
            "scopes": [{"value": "read:Cart", "description": "See the cart"}],
        }
        self._api.send("POST", "resource-servers", body=api)
        spa = {
            "name": "Shop",
            "app_type": "spa",
            "token_endpoint_auth_method": "none",
            "oidc_conformant": True,
            "grant_types": ["authorization_code", "refresh_token"],
            "jwt_configuration": {"alg": "RS256"},
            "callbacks": [_SHOP_CALLBACK],
        }
        shop = str(self._api.send("POST", "clients", body=spa)["client_id"])
        for identifier in self.connection_ids.values():
            self._api.send("PATCH", f"connections/{identifier}/clients", body=[{"client_id": shop, "status": True}])
        stock = {"name": "Stock", "app_type": "non_interactive", "grant_types": ["client_credentials"]}
        machine = self._api.send("POST", "clients", body=stock)["client_id"]
        self._api.send(
            "POST", "client-grants", body={"client_id": machine, "audience": _SHOP_API, "scope": ["read:Cart"]}
        )
        return shop

    def _make_look(self) -> None:
        body = {"domain": "login.shop.example", "type": "auth0_managed_certs"}
        domain = self._api.send("POST", "custom-domains", body=body)["custom_domain_id"]
        self._api.send("POST", f"custom-domains/{domain}/verify")
        self._api.send("PUT", "branding/templates/universal-login", body={"template": _TEMPLATE})
        look = {
            "logo_url": "https://shop.example/logo.svg",
            "colors": {"primary": "#aa0000", "page_background": "#ffeeee"},
        }
        self._api.send("PATCH", "branding", body=look)
        self._api.send("POST", "branding/themes", body=_theme())
        self._api.send("PATCH", "prompts", body={"universal_login_experience": "classic"})
        self._api.send("PUT", "prompts/login/custom-text/en", body={"login": {"title": "The shop"}})
        self._api.send("PUT", "prompts/signup/custom-text/en", body={"signup": {"title": "Join the shop"}})
        self._api.send("PATCH", "tenants/settings", body={"friendly_name": "The shop"})

    def _make_action(self) -> None:
        body = {
            "name": "Shop claims",
            "code": _OTHER_ACTION,
            "runtime": "node22",
            "supported_triggers": [{"id": "post-login", "version": "v3"}],
        }
        action = self._api.send("POST", "actions/actions", body=body)["id"]
        self._api.send("POST", f"actions/actions/{action}/deploy")
        bindings = [{"display_name": "Shop claims", "ref": {"type": "action_id", "value": action}}]
        self._api.send("PATCH", "actions/triggers/post-login/bindings", body={"bindings": bindings})

    def _rows(self, path: str) -> list[dict[str, Any]]:
        return self._api.rows(path, path.replace("-", "_"))

    def _document(self, path: str) -> Any:  # noqa: ANN401 - JSON
        try:
            return self._api.get(path)
        except ManagementError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise


def differences(before: Mapping[str, Any], now: Mapping[str, Any], taken_over: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the changed objects, each with the members that differ.

    A connection in `taken_over` may differ in the one member that module auth0 declares. New users may appear.
    """
    found = []
    come = {name for name in now.keys() - before.keys() if name.startswith("user ")}
    for name in sorted((before.keys() | now.keys()) - come):
        was, is_now = before.get(name), now.get(name)
        if name.removeprefix("connection ") in taken_over:
            was, is_now = _without_declared(was), _without_declared(is_now)
        if was != is_now:
            members = _different_members(was, is_now)
            found.append(f"{name} ({members})" if members else name)
    return found


def _different_members(was: object, is_now: object) -> str:
    if not (isinstance(was, dict) and isinstance(is_now, dict)):
        return ""
    found = []
    for member in sorted(member for member in was.keys() | is_now.keys() if was.get(member) != is_now.get(member)):
        inner = _different_members(was.get(member), is_now.get(member))
        found.append(f"{member}.{inner}" if inner else member)
    return ", ".join(found)


def _without_declared(connection: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(connection, dict):
        return connection
    return {name: value for name, value in connection.items() if name != _TAKEN_OVER}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON without members that change by themselves, such as logins; sets become sorted lists."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items() if name not in _COUNTED}
    if isinstance(value, set):
        return sorted(value)
    return [_plain(member) for member in value] if isinstance(value, list) else value


def _theme() -> dict[str, Any]:
    """Return a complete theme, as the Management API requires."""
    text = {"bold": False, "size": 100}
    return {
        "displayName": "The shop",
        "borders": {
            "button_border_radius": 3,
            "button_border_weight": 1,
            "buttons_style": "rounded",
            "input_border_radius": 3,
            "input_border_weight": 1,
            "inputs_style": "rounded",
            "show_widget_shadow": True,
            "widget_border_weight": 0,
            "widget_corner_radius": 5,
        },
        "colors": {
            "body_text": "#1e212a",
            "error": "#d03c38",
            "header": "#1e212a",
            "icons": "#65676e",
            "input_background": "#ffffff",
            "input_border": "#c9cace",
            "input_filled_text": "#000000",
            "input_labels_placeholders": "#65676e",
            "links_focused_components": "#aa0000",
            "primary_button": "#aa0000",
            "primary_button_label": "#ffffff",
            "secondary_button_border": "#c9cace",
            "secondary_button_label": "#1e212a",
            "success": "#13a688",
            "widget_background": "#ffffff",
            "widget_border": "#c9cace",
        },
        "fonts": {
            "body_text": text,
            "buttons_text": text,
            "font_url": "",
            "input_labels": text,
            "links": text,
            "links_style": "normal",
            "reference_text_size": 16,
            "subtitle": text,
            "title": {"bold": False, "size": 150},
        },
        "page_background": {"background_color": "#ffeeee", "background_image_url": "", "page_layout": "center"},
        "widget": {
            "header_text_alignment": "center",
            "logo_height": 52,
            "logo_position": "center",
            "logo_url": "",
            "social_buttons_layout": "bottom",
        },
    }
