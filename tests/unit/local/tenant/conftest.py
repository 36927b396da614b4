"""One real tenant process for the folder's tests, and a browser that signs in."""

import base64
import hashlib
import json
import re
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from scripts.tools import ROOT
from tests.checkout import copy_auth0
from tests.commands import start_module

CALLBACK = "http://app.localhost:9000/"
ORIGIN = "http://app.localhost:9000"
TLS = ssl.create_default_context()  # made once: it takes longer than a request
AUDIENCE = "https://StreamingResourceServer"
STOP_SECONDS = 300


def arguments(directory: Path, **options: str) -> list[str]:
    """Return the command line of a tenant on free ports."""
    values = {
        "port": "0",
        "tls-port": "0",
        "state-directory": str(directory),
        "access": options.get("access") or str(copy_auth0(directory.with_name(f"{directory.name}-project"))),
        "action": str(ROOT / "auth0/actions/grant_scopes.js"),
    } | {name.replace("_", "-"): value for name, value in options.items()}
    return [text for name, value in values.items() for text in (f"--{name}", value)]


def key_pair() -> tuple[str, str]:
    """Return a new RSA key: the private and the public half, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.decode(), key.public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


@dataclass
class Tenant:
    """A running tenant process: its addresses, and ways to call it."""

    http: str
    https: str
    directory: Path
    process: BaseProcess
    log_path: Path
    _token: str = ""

    @property
    def issuer(self) -> str:
        return self.http + "/"

    def client(self, **options: Any) -> httpx.Client:
        """Return an HTTP client for the http listener."""
        return httpx.Client(base_url=self.http, timeout=30, **{"verify": TLS, **options})

    def management(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Call the Management API as the machine-to-machine application."""
        with self.client() as client:
            if not self._token:
                credentials = json.loads((self.directory / "management.json").read_text())
                form = {"grant_type": "client_credentials", "audience": f"{self.http}/api/v2/", **credentials}
                answer = client.post("/oauth/token", data=form)
                assert answer.status_code == 200, answer.text
                self._token = answer.json()["access_token"]
            headers = {"Authorization": f"Bearer {self._token}"}
            return client.request(method, f"/api/v2{path}", json=body, headers=headers)

    def create_client(self, **settings: object) -> dict[str, Any]:
        """Create an SPA that may use both connections; `settings` override its defaults."""
        body = {
            "name": f"Test {secrets.token_hex(4)}",
            "app_type": "spa",
            "token_endpoint_auth_method": "none",
            "oidc_conformant": True,
            "grant_types": ["authorization_code", "refresh_token"],
            "jwt_configuration": {"alg": "RS256"},
            "refresh_token": {"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 0},
            "callbacks": [CALLBACK],
            "allowed_logout_urls": [CALLBACK],
            "web_origins": [ORIGIN],
        }
        answer = self.management("POST", "/clients", {**body, **settings})
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        for connection in self.management("GET", "/connections").json():
            change = [{"client_id": created["client_id"], "status": True}]
            assert self.management("PATCH", f"/connections/{connection['id']}/clients", change).status_code == 204
        if created["grant_types"] != ["client_credentials"]:
            api = self.api(AUDIENCE)  # an empty tenant has none
            if api:
                scopes = [row["value"] for row in api["scopes"]]
                self.grant(created, AUDIENCE, scopes, subject_type="user")
        return created

    def api(self, identifier: str) -> dict[str, Any]:
        """Return the API with an identifier, or an empty object if the tenant has none."""
        found = self.management("GET", f"/resource-servers/{quote(identifier, safe='')}")
        return found.json() if found.status_code == 200 else {}

    def let_machines_in(self, identifier: str) -> None:
        """Let applications with a grant get tokens for an API, as access.yaml does if it names a machine client."""
        access = {**self.api(identifier)["subject_type_authorization"], "client": {"policy": "require_client_grant"}}
        change = {"subject_type_authorization": access}
        path = f"/resource-servers/{quote(identifier, safe='')}"
        assert self.management("PATCH", path, change).status_code == 200

    def create_machine(
        self, audience: str = AUDIENCE, scope: Sequence[str] = ("read:Movies",), **settings: object
    ) -> dict[str, Any]:
        """Create an application with a secret, and with a grant for its own API."""
        app = self.create_client(
            **{
                "app_type": "non_interactive",
                "token_endpoint_auth_method": "client_secret_post",
                "grant_types": ["client_credentials"],
                **settings,
            }
        )
        if audience == AUDIENCE:
            self.let_machines_in(audience)
        self.grant(app, audience, scope)
        return app

    def grant(self, app: dict[str, Any], audience: str, scope: Sequence[str], **more: object) -> None:
        """Grant an application scopes of an API."""
        body = {"client_id": app["client_id"], "audience": audience, "scope": list(scope), **more}
        answer = self.management("POST", "/client-grants", body)
        assert answer.status_code == 201, answer.text

    def use_key(self, app: dict[str, Any], public: str, **settings: object) -> dict[str, Any]:
        """Let an application authenticate only with this key (PEM); return the credential."""
        path, body = f"/clients/{app['client_id']}", {"credential_type": "public_key", "pem": public, **settings}
        made = self.management("POST", f"{path}/credentials", body)
        assert made.status_code == 201, made.text
        credential: dict[str, Any] = made.json()
        methods = {"private_key_jwt": {"credentials": [{"id": credential["id"]}]}}
        change = {"token_endpoint_auth_method": None, "client_authentication_methods": methods}
        changed = self.management("PATCH", path, change)
        assert changed.status_code == 200, changed.text
        return credential

    def stop(self) -> int | None:
        """Stop the process as a supervisor would, and return its exit code."""
        self.process.terminate()
        self.process.join(STOP_SECONDS)
        return self.process.exitcode


@contextmanager
def running(directory: Path, *flags: str, **options: str) -> Iterator[Tenant]:
    """Run a tenant while the `with` block runs."""
    directory.mkdir(parents=True, exist_ok=True)
    log_path, said_path = directory.with_suffix(".log"), directory.with_suffix(".out")
    for path in (log_path, said_path):
        path.write_text("")
    process = start_module(
        "local.tenant", *arguments(directory, **options), *flags, environment={}, stdout=said_path, stderr=log_path
    )
    try:
        while not (line := said_path.read_text()).endswith("\n"):
            assert process.is_alive(), log_path.read_text()
            time.sleep(0.01)
        origins = json.loads(line)
        yield Tenant(origins["http"], origins["https"], directory, process, log_path)
    finally:
        process.terminate()
        process.join(STOP_SECONDS)


@dataclass
class Browser:
    """Acts as a person at the tenant's pages: cookies, forms and redirects, one step at a time."""

    tenant: Tenant
    app: dict[str, Any]
    http: httpx.Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def authorize(self, **parameters: Any) -> httpx.Response:
        """Start a sign-in with code and PKCE; `parameters` override the usual ones, None removes one."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": self.app["client_id"],
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile email offline_access read:Movies read:Devices",
            "audience": AUDIENCE,
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | parameters
        return self.http.get("/authorize", params={name: value for name, value in query.items() if value is not None})

    def identify(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Submit the identity provider's form, as Ada unless `fields` say otherwise, or another page's form."""
        assert page.status_code == 200, page.text
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf is not None
        return self.http.post(page.url, data={"csrf": csrf[1], **(fields or {"person": "ada@example.com"})})

    def sign_in(
        self, connection: str = "google-oauth2", person: str = "ada@example.com", **parameters: Any
    ) -> dict[str, str]:
        """Sign in from start to end; return the parameters that the application got."""
        start = self.authorize(connection=connection, **parameters)
        assert start.status_code in (302, 303), start.text
        if start.headers["location"].startswith("/u/identity-provider/"):
            start = self.identify(self.http.get(start.headers["location"]), person=person)
        if start.headers["location"].startswith("/u/consent"):
            start = self.decide(self.http.get(start.headers["location"]))
        return self.answer(start)

    def decide(self, page: httpx.Response, decision: str = "accept") -> httpx.Response:
        """Submit the consent page."""
        return self.identify(page, decision=decision)

    @staticmethod
    def answer(response: httpx.Response) -> dict[str, str]:
        """Return the parameters of a redirect to the application, from the query or the fragment."""
        assert response.status_code in (302, 303), response.text
        parts = urlsplit(response.headers["location"])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
        return dict(parse_qsl(parts.query or parts.fragment, keep_blank_values=True))

    def exchange(self, code: str, **fields: str | None) -> httpx.Response:
        """Exchange a code like the application; `fields` override the usual ones, None removes one."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.app["client_id"],
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | fields
        data = {name: value for name, value in form.items() if value is not None}
        return self.http.post("/oauth/token", data=data, headers={"Origin": ORIGIN})

    def refresh(self, token: str, **fields: str) -> httpx.Response:
        """Exchange a refresh token."""
        form = {"grant_type": "refresh_token", "client_id": self.app["client_id"], "refresh_token": token, **fields}
        return self.http.post("/oauth/token", data=form, headers={"Origin": ORIGIN})

    def tokens(self, connection: str = "google-oauth2", **parameters: Any) -> dict[str, Any]:
        """Sign in and exchange the code; return the tokens."""
        answer = self.exchange(self.sign_in(connection, **parameters)["code"])
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result


def unique(word: str) -> str:
    """Return a name that no other test uses."""
    return f"{word}-{secrets.token_hex(4)}"


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and code of an error of the Management API; it has to have Auth0's four members."""
    body = answer.json()
    assert set(body) == {"statusCode", "error", "message", "errorCode"}, answer.text
    assert body["statusCode"] == answer.status_code
    return answer.status_code, body["errorCode"]


def created(tenant: Tenant, path: str, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    """Create an object with the Management API and return the answer."""
    answer = tenant.management("POST", path, body)
    assert answer.status_code == status, answer.text
    result: dict[str, Any] = answer.json()
    return result


def whole_theme(colour: str) -> dict[str, Any]:
    """Return a theme of the sign-in page with every part that Auth0 requires."""
    sizes = {"button_border_radius": 3, "button_border_weight": 1, "input_border_radius": 3, "input_border_weight": 1}
    colours = """body_text error header icons input_background input_border input_filled_text
        input_labels_placeholders links_focused_components primary_button primary_button_label
        secondary_button_border secondary_button_label success widget_background widget_border"""
    texts = ("body_text", "buttons_text", "input_labels", "links", "subtitle", "title")
    return {
        "borders": {
            **sizes,
            "buttons_style": "rounded",
            "inputs_style": "rounded",
            "show_widget_shadow": True,
            "widget_border_weight": 0,
            "widget_corner_radius": 5,
        },
        "colors": dict.fromkeys(colours.split(), colour),
        "fonts": {
            **{text: {"bold": False, "size": 100} for text in texts},
            "font_url": "",
            "links_style": "normal",
            "reference_text_size": 16,
        },
        "page_background": {"background_color": colour, "background_image_url": "", "page_layout": "center"},
        "widget": {
            "header_text_alignment": "center",
            "logo_height": 52,
            "logo_position": "center",
            "logo_url": "",
            "social_buttons_layout": "bottom",
        },
    }


@pytest.fixture(scope="session")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    with running(tmp_path_factory.mktemp("tenant") / "state") as tenant:
        yield tenant


@pytest.fixture(scope="session")
def keys() -> list[tuple[str, str]]:
    """Two RSA keys, private and public PEM."""
    return [key_pair(), key_pair()]


@pytest.fixture(scope="session")
def run_tenant() -> Callable[..., Any]:
    """Return a function that runs the test's own tenant: `with run_tenant(directory, "--empty") as tenant:`."""
    return running


@pytest.fixture(scope="session")
def tenant_arguments() -> Callable[..., list[str]]:
    return arguments


@pytest.fixture
def browser_of(tenant: Tenant) -> Iterator[Callable[..., Browser]]:
    """Return a function that opens a fresh browser for an application, by default a new SPA of the shared tenant."""
    clients: list[httpx.Client] = []

    def open_browser(app: dict[str, Any] | None = None, at: Tenant = tenant) -> Browser:
        clients.append(at.client())
        return Browser(at, app or at.create_client(), clients[-1])

    yield open_browser
    for client in clients:
        client.close()


@pytest.fixture
def browser(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of()
