"""Auth0's own Python SDK, over https, through the life of each resource: create, read, list, change, delete.

The SDK reads every answer into its own models, so the tests fail if an answer lacks a member that Auth0 promises.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.unit.local.tenant.conftest import unique, whole_theme

# One docstring of the SDK has an escape about which Python warns at compilation.
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")
CODE = "exports.onExecutePostLogin = async (event, api) => {};"
TRIGGERS = [{"id": "post-login", "version": "v3"}]


@pytest.fixture(scope="module")
def place(run_tenant: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with run_tenant(tmp_path_factory.mktemp("sdk") / "state") as tenant:
        yield tenant


@pytest.fixture
def sdk(place: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the SDK, which signs in by itself; it trusts the tenant's authority like a company's own."""
    from auth0.management import ManagementClient  # here, so that the mark above applies to it

    monkeypatch.setenv("SSL_CERT_FILE", str(place.directory / "ca.pem"))
    credentials = json.loads((place.directory / "management.json").read_text())
    with httpx.Client() as http:
        yield ManagementClient(domain=urlsplit(place.https).netloc, httpx_client=http, **credentials)


@pytest.fixture
def app(sdk: Any) -> Any:
    return sdk.clients.create(name=unique("app"), app_type="regular_web")


@pytest.fixture
def api(sdk: Any) -> Any:
    return sdk.resource_servers.create(identifier=f"https://{unique('api')}.example", name="An API")


def is_gone(read: Any) -> bool:
    from auth0.management.errors import NotFoundError

    with pytest.raises(NotFoundError) as caught:
        read()
    return bool(caught.value.body["statusCode"] == 404)


def test_an_application_and_its_secret(sdk: Any, app: Any) -> None:
    assert sdk.clients.get(app.client_id).name == app.name
    assert app.client_id in [row.client_id for row in sdk.clients.list(per_page=2)]
    changed = sdk.clients.update(app.client_id, callbacks=["https://app.example/callback"], app_type="spa")
    assert (changed.callbacks, changed.app_type) == (["https://app.example/callback"], "spa")
    assert sdk.clients.rotate_secret(app.client_id).client_secret != app.client_secret
    sdk.clients.delete(app.client_id)
    assert is_gone(lambda: sdk.clients.get(app.client_id))


def test_a_wrong_body_is_refused_in_auth0s_form(sdk: Any) -> None:
    from auth0.management.errors import BadRequestError

    with pytest.raises(BadRequestError) as caught:
        sdk.clients.create(name="<script>")
    assert caught.value.body["errorCode"] == "invalid_body"


def test_the_credentials_of_an_application(sdk: Any, app: Any) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made = sdk.clients.credentials.create(app.client_id, credential_type="public_key", pem=pem, alg="RS256")
    methods = {"private_key_jwt": {"credentials": [{"id": made.id}]}}
    assert sdk.clients.update(app.client_id, client_authentication_methods=methods).token_endpoint_auth_method is None
    assert [row.id for row in sdk.clients.credentials.list(app.client_id)] == [made.id]
    assert sdk.clients.credentials.get(app.client_id, made.id).kid == made.kid
    sdk.clients.update(
        app.client_id, client_authentication_methods=None, token_endpoint_auth_method="client_secret_post"
    )
    sdk.clients.credentials.delete(app.client_id, made.id)
    assert is_gone(lambda: sdk.clients.credentials.get(app.client_id, made.id))


def test_an_api_and_its_scopes(sdk: Any, api: Any) -> None:
    changed = sdk.resource_servers.update(api.id, scopes=[{"value": "read:x", "description": "Read x"}])
    assert [scope.value for scope in changed.scopes] == ["read:x"]
    assert sdk.resource_servers.get(api.identifier).id == api.id
    assert api.id in [row.id for row in sdk.resource_servers.list(per_page=1)]
    sdk.resource_servers.delete(api.id)
    assert is_gone(lambda: sdk.resource_servers.get(api.id))


def test_a_client_grant(sdk: Any, app: Any, api: Any) -> None:
    grant = sdk.client_grants.create(client_id=app.client_id, audience=api.identifier, scope=["read:x"])
    assert grant.subject_type == "client"
    listed = list(sdk.client_grants.list(client_id=app.client_id, audience=api.identifier, take=1))
    assert [row.id for row in listed] == [grant.id]
    assert sdk.client_grants.update(grant.id, scope=[]).scope == []
    sdk.client_grants.delete(grant.id)
    assert is_gone(lambda: sdk.client_grants.get(grant.id))


def test_a_connection_and_its_applications(sdk: Any, app: Any) -> None:
    made = sdk.connections.create(name=unique("amazon"), strategy="amazon", options={"scope": ["profile"]})
    assert sdk.connections.get(made.id).name == made.name
    assert made.id in [row.id for row in sdk.connections.list(take=1)]
    sdk.connections.clients.update(made.id, request=[{"client_id": app.client_id, "status": True}])
    assert [row.client_id for row in sdk.connections.clients.get(made.id, take=1)] == [app.client_id]
    assert sdk.connections.update(made.id, display_name="Amazon").options == {"scope": ["profile"]}
    sdk.connections.delete(made.id)
    assert is_gone(lambda: sdk.connections.get(made.id))


def test_an_action_its_versions_and_its_trigger(sdk: Any) -> None:
    before = list(sdk.actions.triggers.bindings.list("post-login"))
    made = sdk.actions.create(name=unique("action"), supported_triggers=TRIGGERS, code=CODE)
    assert [row.id for row in sdk.actions.list(action_name=made.name)] == [made.id]
    first = sdk.actions.deploy(made.id)
    sdk.actions.update(made.id, code=f"{CODE}//", secrets=[{"name": "key", "value": "hidden"}])
    assert sdk.actions.deploy(made.id).number == 2
    assert [row.number for row in sdk.actions.versions.list(made.id, per_page=1)] == [2, 1]
    assert sdk.actions.versions.get(made.id, first.id).code == CODE
    assert sdk.actions.versions.deploy(made.id, first.id).number == 3
    assert sdk.actions.get(made.id).deployed_version.code == CODE
    kept = [{"ref": {"type": "action_id", "value": row.action.id}} for row in before]
    new = {"display_name": made.name, "ref": {"type": "action_id", "value": made.id}}
    assert len(sdk.actions.triggers.bindings.update_many("post-login", bindings=[*kept, new]).bindings) == len(kept) + 1
    bound = list(sdk.actions.triggers.bindings.list("post-login", per_page=1))
    assert [row.action.id for row in bound] == [*(row.action.id for row in before), made.id]
    sdk.actions.triggers.bindings.update_many("post-login", bindings=kept)
    assert [trigger.id for trigger in sdk.actions.triggers.list().triggers] == ["post-login"]
    sdk.actions.delete(made.id)
    assert is_gone(lambda: sdk.actions.get(made.id))


def test_the_look(sdk: Any) -> None:
    changed = sdk.branding.update(colors={"primary": "#123456", "page_background": "#ffffff"})
    assert changed.colors.primary == "#123456"
    assert sdk.branding.get().colors.primary == "#123456"
    assert sdk.prompts.update_settings(universal_login_experience="new").universal_login_experience == "new"
    assert sdk.prompts.get_settings().universal_login_experience == "new"
    sdk.prompts.custom_text.set("login", "en", request={"login": {"title": "Hello"}})
    assert sdk.prompts.custom_text.get("login", "en") == {"login": {"title": "Hello"}}


def test_a_theme(sdk: Any) -> None:
    first = sdk.branding.themes.get_default()
    sdk.branding.themes.delete(first.theme_id)
    assert is_gone(sdk.branding.themes.get_default)
    made = sdk.branding.themes.create(**whole_theme("#1f5fbf"))
    assert sdk.branding.themes.get(made.theme_id).colors.primary_button == "#1f5fbf"
    assert sdk.branding.themes.update(made.theme_id, **whole_theme("#111111")).colors.primary_button == "#111111"
    assert sdk.branding.themes.get_default().theme_id == made.theme_id


def test_the_tenant_and_its_protection(sdk: Any) -> None:
    assert sdk.tenants.settings.update(friendly_name="Ours").friendly_name == "Ours"
    assert sdk.tenants.settings.get().friendly_name == "Ours"
    protection = sdk.attack_protection
    assert protection.brute_force_protection.update(max_attempts=5).max_attempts == 5
    assert protection.breached_password_detection.update(enabled=True).enabled is True
    assert protection.suspicious_ip_throttling.update(allowlist=["127.0.0.1"]).allowlist == ["127.0.0.1"]
    assert protection.bot_detection.update(monitoring_mode_enabled=True).monitoring_mode_enabled is True
    assert protection.captcha.update(active_provider_id="simple_captcha").active_provider_id == "simple_captcha"
    for part in ("brute_force_protection", "breached_password_detection", "suspicious_ip_throttling", "captcha"):
        getattr(protection, part).get()


def test_a_custom_domain_and_the_page_template_that_needs_one(sdk: Any) -> None:
    made = sdk.custom_domains.create(domain=f"{unique('login')}.example.com", type="auth0_managed_certs")
    assert made.status == "pending_verification"
    assert sdk.custom_domains.verify(made.custom_domain_id).status == "ready"
    assert made.custom_domain_id in [row.custom_domain_id for row in sdk.custom_domains.list()]
    sdk.branding.templates.update_universal_login(request={"template": "<html></html>"})
    assert sdk.branding.templates.get_universal_login().body == "<html></html>"
    sdk.branding.templates.delete_universal_login()
    assert is_gone(sdk.branding.templates.get_universal_login)
    sdk.custom_domains.delete(made.custom_domain_id)
    assert is_gone(lambda: sdk.custom_domains.get(made.custom_domain_id))


def test_a_log_stream(sdk: Any) -> None:
    sink = {"httpEndpoint": "https://logs.example.com", "httpContentFormat": "JSONLINES"}
    made = sdk.log_streams.create(request={"name": unique("logs"), "type": "http", "sink": sink})
    assert sdk.log_streams.update(made.id, status="paused").status == "paused"
    assert made.id in [row.id for row in sdk.log_streams.list()]
    sdk.log_streams.delete(made.id)
    assert is_gone(lambda: sdk.log_streams.get(made.id))


def test_the_signing_keys(sdk: Any) -> None:
    current = next(key for key in sdk.keys.signing.list() if key.current)
    following = next(key for key in sdk.keys.signing.list() if key.next)
    assert sdk.keys.signing.rotate().kid == following.kid
    assert sdk.keys.signing.get(following.kid).current is True
    assert sdk.keys.signing.get(current.kid).previous is True
    assert sdk.keys.signing.revoke(current.kid).kid == current.kid


def test_the_users(sdk: Any, place: Any, browser_of: Any) -> None:
    person = "grace@example.com"
    browser = browser_of(place.create_client(), place)
    browser.sign_in("google-oauth2", person=person)
    (user,) = sdk.users.list(q=f'email:"{person}"')
    assert sdk.users.get(user.user_id).email == person
    assert [row.user_id for row in sdk.users.list_users_by_email(email=person)] == [user.user_id]
    assert list(sdk.users.roles.list(user.user_id)) == []
    assert list(sdk.users.permissions.list(user.user_id)) == []


def test_the_rules_of_a_tenant_of_today(sdk: Any) -> None:
    assert list(sdk.rules.list()) == []
