"""Each resource of the Management API over HTTP: a fresh one, a change, and the answers that Terraform relies on."""

import json
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey

from tests.unit.local.tenant.conftest import created, error_of, unique, whole_theme

CODE = "exports.onExecutePostLogin = async (event, api) => {};"
TRIGGERS = [{"id": "post-login", "version": "v3"}]
BINDINGS = "/actions/triggers/post-login/bindings"


def pem_of(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


@pytest.fixture(scope="module")
def pem() -> str:
    return pem_of(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def test_a_fresh_application_has_auth0s_defaults(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    assert client["jwt_configuration"] == {"secret_encoded": False, "lifetime_in_seconds": 36000}
    assert client["grant_types"] == ["authorization_code", "implicit", "refresh_token", "client_credentials"]
    assert client["refresh_token"]["rotation_type"] == "non-rotating"
    assert client["refresh_token"]["token_lifetime"] == 2592000
    expected = {
        "is_first_party": True,
        "oidc_conformant": False,
        "sso_disabled": False,
        "cross_origin_authentication": False,
        "custom_login_page_on": True,
        "is_token_endpoint_ip_header_trusted": False,
    }
    assert {name: client[name] for name in expected} == expected
    assert len(client["client_id"]) == 32
    assert client["client_id"].isalnum()


def test_null_removes_what_may_be_absent_and_a_key_of_the_metadata(tenant: Any) -> None:
    body = {"name": unique("app"), "cross_origin_loc": "https://x", "client_metadata": {"a": "1", "b": "2"}}
    client = created(tenant, "/clients", body)
    changes = {"cross_origin_loc": None, "client_metadata": {"a": None}, "refresh_token": None}
    changed = tenant.management("PATCH", f"/clients/{client['client_id']}", changes).json()
    assert changed["client_metadata"] == {"b": "2"}
    assert "cross_origin_loc" not in changed
    assert changed["refresh_token"] == client["refresh_token"]


def test_a_secret_is_rotated_or_given(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    path = f"/clients/{client['client_id']}"
    rotated = tenant.management("POST", f"{path}/rotate-secret").json()["client_secret"]
    assert rotated != client["client_secret"]
    assert tenant.management("PATCH", path, {"client_secret": "chosen"}).json()["client_secret"] == "chosen"


def test_applications_are_listed_by_kind(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app"), "app_type": "native", "is_first_party": False})
    listed = tenant.management("GET", "/clients?app_type=native&is_first_party=false").json()
    assert client["client_id"] in [row["client_id"] for row in listed]
    assert {row["app_type"] for row in listed} == {"native"}


def test_an_application_proves_itself_with_a_key_or_a_secret_and_not_both(tenant: Any, pem: str) -> None:
    client = created(tenant, "/clients", {"name": unique("app"), "token_endpoint_auth_method": "client_secret_post"})
    path = f"/clients/{client['client_id']}"
    assert tenant.management("GET", f"{path}/credentials?include_totals=true&per_page=50").json() == []
    credential = created(tenant, f"{path}/credentials", {"credential_type": "public_key", "pem": pem, "name": "key"})
    assert (credential["alg"], credential["credential_type"], credential["name"]) == ("RS256", "public_key", "key")
    assert "pem" not in credential
    assert credential["kid"] == RSAKey.import_key(pem).thumbprint()
    methods = {"private_key_jwt": {"credentials": [{"id": credential["id"]}]}}
    named = tenant.management("PATCH", path, {"client_authentication_methods": methods}).json()
    assert named["client_authentication_methods"] == methods
    assert "token_endpoint_auth_method" not in named
    own = f"{path}/credentials/{credential['id']}"
    assert error_of(tenant.management("DELETE", own)) == (409, "credential_in_use")
    changes = {"client_authentication_methods": None, "token_endpoint_auth_method": "client_secret_basic"}
    assert "client_authentication_methods" not in tenant.management("PATCH", path, changes).json()
    end = "2030-01-01T00:00:00.000Z"
    assert tenant.management("PATCH", own, {"expires_at": end}).json()["expires_at"] == end
    assert tenant.management("GET", f"{path}/credentials").json() == [tenant.management("GET", own).json()]
    assert tenant.management("DELETE", own).status_code == 204
    assert error_of(tenant.management("GET", own)) == (404, "inexistent_credential")


def test_an_application_cannot_name_a_key_of_another(tenant: Any, pem: str) -> None:
    first, second = (created(tenant, "/clients", {"name": unique("app")})["client_id"] for _ in range(2))
    body = {"credential_type": "public_key", "pem": pem}
    credential = created(tenant, f"/clients/{first}/credentials", body)
    methods = {"private_key_jwt": {"credentials": [{"id": credential["id"]}]}}
    answer = tenant.management("PATCH", f"/clients/{second}", {"client_authentication_methods": methods})
    assert error_of(answer) == (400, "inexistent_credential")
    other = f"/clients/{second}/credentials/{credential['id']}"
    assert error_of(tenant.management("GET", other)) == (404, "inexistent_credential")


def test_only_a_strong_rsa_key_is_taken_and_at_most_two(tenant: Any, pem: str) -> None:
    path = f"/clients/{created(tenant, '/clients', {'name': unique('app')})['client_id']}/credentials"
    weak = pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505 - to be refused
    for wrong in (weak, pem_of(ec.generate_private_key(ec.SECP256R1())), "no key", "-----BEGIN CERTIFICATE-----"):
        body = {"credential_type": "public_key", "pem": wrong}
        assert error_of(tenant.management("POST", path, body)) == (400, "invalid_body")
    for _ in range(2):
        created(tenant, path, {"credential_type": "public_key", "pem": pem})
    third = tenant.management("POST", path, {"credential_type": "public_key", "pem": pem})
    assert error_of(third) == (400, "too_many_credentials")
    certificate = tenant.management("POST", path, {"credential_type": "x509_cert", "pem": pem})
    assert error_of(certificate) == (501, "not_implemented")


def test_the_credentials_of_an_application_go_with_it(tenant: Any, pem: str) -> None:
    client_id = created(tenant, "/clients", {"name": unique("app")})["client_id"]
    own = created(tenant, f"/clients/{client_id}/credentials", {"credential_type": "public_key", "pem": pem})["id"]
    assert tenant.management("DELETE", f"/clients/{client_id}").status_code == 204
    assert tenant.management("GET", f"/clients/{client_id}/credentials/{own}").status_code == 404


def test_a_fresh_api_has_auth0s_defaults(tenant: Any) -> None:
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    assert (
        api.items()
        >= {
            "allow_offline_access": False,
            "skip_consent_for_verifiable_first_party_clients": False,
            "token_lifetime": 86400,
            "token_lifetime_for_web": 7200,
            "signing_alg": "RS256",
            "subject_type_authorization": {
                "client": {"policy": "require_client_grant"},
                "user": {"policy": "allow_all"},
            },
        }.items()
    )


def test_an_api_is_found_by_id_identifier_and_twice_escaped_identifier(tenant: Any) -> None:
    identifier = f"https://{unique('api')}.example/a"
    api = created(tenant, "/resource-servers", {"identifier": identifier})
    once = identifier.replace("/", "%2F")
    for name in (api["id"], once, quote(identifier, safe=""), quote(once, safe=":")):
        found = tenant.management("GET", f"/resource-servers/{name}").json()
        assert (found["id"], found["identifier"]) == (api["id"], identifier)


def test_an_api_cannot_be_made_twice(tenant: Any) -> None:
    body = {"identifier": f"https://{unique('api')}.example"}
    created(tenant, "/resource-servers", body)
    assert error_of(tenant.management("POST", "/resource-servers", body)) == (409, "duplicate_resource_server")


def test_an_hs256_api_gets_a_secret_and_an_algorithm_that_is_not_emulated_answers_501(tenant: Any) -> None:
    identifier = f"https://{unique('api')}.example"
    api = created(tenant, "/resource-servers", {"identifier": identifier, "signing_alg": "HS256"})
    assert len(api["signing_secret"]) >= 16
    answer = tenant.management("PATCH", f"/resource-servers/{api['id']}", {"signing_alg": "PS256"})
    assert error_of(answer) == (501, "not_implemented")


def test_a_token_of_the_implicit_grant_never_outlives_the_others(tenant: Any) -> None:
    body = {"identifier": f"https://{unique('api')}.example", "token_lifetime": 600}
    api = created(tenant, "/resource-servers", body)
    assert api["token_lifetime_for_web"] == 600
    answer = tenant.management("PATCH", f"/resource-servers/{api['id']}", {"token_lifetime_for_web": 601})
    assert error_of(answer) == (400, "invalid_body")


def test_scopes_keep_the_order_they_were_given_in(tenant: Any) -> None:
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    scopes = [{"value": value, "description": ""} for value in ("b", "a", "c")]
    assert tenant.management("PATCH", f"/resource-servers/{api['id']}", {"scopes": scopes}).status_code == 200
    assert tenant.management("GET", f"/resource-servers/{api['id']}").json()["scopes"] == scopes


def test_a_client_grant_is_for_the_application_itself_unless_it_says_otherwise(tenant: Any) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    body = {"client_id": client["client_id"], "audience": api["identifier"], "scope": ["a"]}
    grant = created(tenant, "/client-grants", body)
    assert grant["subject_type"] == "client"
    assert error_of(tenant.management("POST", "/client-grants", body)) == (409, "client_grant_conflict")
    created(tenant, "/client-grants", {**body, "subject_type": "user"})
    query = f"?audience={quote(api['identifier'], safe='')}&client_id={client['client_id']}&include_totals=true"
    assert tenant.management("GET", f"/client-grants{query}").json()["total"] == 2
    whole = tenant.management("PATCH", f"/client-grants/{grant['id']}", {"allow_all_scopes": True}).json()
    assert "scope" not in whole
    assert tenant.management("DELETE", f"/resource-servers/{api['id']}").status_code == 204
    assert tenant.management("GET", f"/client-grants/{grant['id']}").status_code == 404


@pytest.mark.parametrize(("missing", "code"), [("client_id", "client"), ("audience", "resource_server")])
def test_a_client_grant_needs_both_its_ends(tenant: Any, missing: str, code: str) -> None:
    client = created(tenant, "/clients", {"name": unique("app")})
    api = created(tenant, "/resource-servers", {"identifier": f"https://{unique('api')}.example"})
    body = {"client_id": client["client_id"], "audience": api["identifier"], "scope": [], missing: "unknown"}
    assert error_of(tenant.management("POST", "/client-grants", body)) == (404, f"inexistent_{code}")


def test_a_connection_name_is_taken_once(tenant: Any) -> None:
    answer = tenant.management("POST", "/connections", {"name": "google-oauth2", "strategy": "google-oauth2"})
    assert error_of(answer)[0] == 409
    assert answer.json()["message"] == "A connection with the same name already exists"


def test_google_gets_the_scopes_of_its_switches_and_options_are_replaced_whole(tenant: Any) -> None:
    body = {"name": unique("google"), "strategy": "google-oauth2", "options": {"email": True, "profile": True}}
    connection = created(tenant, "/connections", body)
    assert connection["options"]["scope"] == ["email", "profile"]
    path = f"/connections/{connection['id']}"
    assert tenant.management("PATCH", path, {"options": {"profile": True}}).json()["options"] == {
        "profile": True,
        "scope": ["profile"],
    }
    assert tenant.management("DELETE", path).status_code == 202


def test_amazon_may_be_created_with_nulls(tenant: Any) -> None:
    options = {"authorizationURL": None, "tokenURL": None, "scope": ["profile"], "client_id": "id"}
    body = {"name": unique("amazon"), "strategy": "amazon", "options": options}
    connection = created(tenant, "/connections", body)
    assert connection["options"] == options
    path = f"/connections/{connection['id']}"
    assert tenant.management("GET", path).json()["options"] == {"scope": ["profile"], "client_id": "id"}
    assert tenant.management("DELETE", path).json()["deleted_at"].endswith("Z")


def test_applications_of_a_connection_keep_their_order(tenant: Any) -> None:
    connection = created(tenant, "/connections", {"name": unique("amazon"), "strategy": "amazon"})
    path = f"/connections/{connection['id']}/clients"
    ids = [created(tenant, "/clients", {"name": "Test"})["client_id"] for _ in range(3)]
    for client_id in ids:
        assert tenant.management("PATCH", path, [{"client_id": client_id, "status": True}]).status_code == 204
    assert [row["client_id"] for row in tenant.management("GET", path).json()["clients"]] == ids
    first = tenant.management("GET", f"{path}?take=2").json()
    rest = tenant.management("GET", f"{path}?take=2&from={first['next']}").json()
    assert [row["client_id"] for row in first["clients"] + rest["clients"]] == ids
    assert "next" not in rest
    tenant.management("DELETE", f"/clients/{ids[0]}")
    assert [row["client_id"] for row in tenant.management("GET", path).json()["clients"]] == ids[1:]
    unknown = tenant.management("PATCH", path, [{"client_id": ids[0], "status": True}])
    assert error_of(unknown) == (404, "inexistent_client")
    tenant.management("DELETE", f"/connections/{connection['id']}")


def test_an_action_is_pending_then_built_then_deployed(tenant: Any) -> None:
    secret = [{"name": "key", "value": "hidden"}]
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS, "secrets": secret}
    action = created(tenant, "/actions/actions", body)
    assert (action["status"], action["runtime"], action["all_changes_deployed"]) == ("pending", "node22", False)
    path = f"/actions/actions/{action['id']}"
    assert tenant.management("GET", path).json()["status"] == "built"
    version = tenant.management("POST", f"{path}/deploy")
    assert (version.status_code, version.json()["deployed"], version.json()["number"]) == (200, False, 1)
    deployed = tenant.management("GET", path).json()
    assert deployed["deployed_version"]["deployed"] is True
    assert deployed["current_version"]["status"] == "BUILT"
    assert deployed["all_changes_deployed"] is True
    assert "hidden" not in json.dumps([action, version.json(), deployed])
    draft = tenant.management("PATCH", path, {"code": f"{CODE}//"}).json()
    assert (draft["status"], draft["all_changes_deployed"]) == ("pending", False)
    assert draft["deployed_version"]["code"] == CODE
    assert tenant.management("DELETE", path).status_code == 204


def test_an_earlier_version_of_an_action_is_deployed_again(tenant: Any) -> None:
    action = created(tenant, "/actions/actions", {"name": unique("a"), "code": CODE, "supported_triggers": TRIGGERS})
    path = f"/actions/actions/{action['id']}"
    first = tenant.management("POST", f"{path}/deploy").json()
    tenant.management("PATCH", path, {"code": f"{CODE}//"})
    tenant.management("POST", f"{path}/deploy")
    again = tenant.management("POST", f"{path}/versions/{first['id']}/deploy").json()
    assert (again["number"], again["code"]) == (3, CODE)
    listed = tenant.management("GET", f"{path}/versions").json()
    assert [(row["number"], row["deployed"]) for row in listed["versions"]] == [(3, True), (2, False), (1, False)]
    assert (listed["total"], listed["page"], listed["per_page"]) == (3, 0, 50)
    assert tenant.management("GET", f"{path}/versions/{first['id']}").json()["code"] == CODE
    now = tenant.management("GET", path).json()
    assert (now["code"], now["deployed_version"]["code"]) == (f"{CODE}//", CODE)
    assert now["all_changes_deployed"] is False
    assert error_of(tenant.management("GET", f"{path}/versions/unknown")) == (404, "inexistent_action_version")


def test_actions_are_found_by_name_and_have_one_each(tenant: Any) -> None:
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS}
    action = created(tenant, "/actions/actions", body)
    found = tenant.management("GET", f"/actions/actions?actionName={body['name']}&per_page=50").json()
    assert [row["id"] for row in found["actions"]] == [action["id"]]
    assert tenant.management("GET", f"/actions/actions?actionName={body['name']}&deployed=true").json()["total"] == 0
    assert error_of(tenant.management("POST", "/actions/actions", body)) == (409, "action_conflict")
    other = created(tenant, "/actions/actions", {**body, "name": unique("other")})
    renamed = tenant.management("PATCH", f"/actions/actions/{other['id']}", {"name": body["name"]})
    assert error_of(renamed) == (409, "action_conflict")


def test_a_secret_without_a_value_keeps_the_one_it_had(tenant: Any) -> None:
    secrets = [{"name": "kept", "value": "1"}, {"name": "gone", "value": "2"}]
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS, "secrets": secrets}
    path = f"/actions/actions/{created(tenant, '/actions/actions', body)['id']}"
    changed = tenant.management("PATCH", path, {"secrets": [{"name": "new", "value": "3"}, {"name": "kept"}]}).json()
    assert [row["name"] for row in changed["secrets"]] == ["kept", "new"]
    assert all(row.keys() == {"name", "updated_at"} for row in changed["secrets"])


def test_the_runtime_is_answered_as_it_was_sent(tenant: Any) -> None:
    body = {"name": unique("action"), "code": CODE, "supported_triggers": TRIGGERS, "runtime": "node18-actions"}
    assert created(tenant, "/actions/actions", body)["runtime"] == "node18-actions"


def test_bindings_end_where_the_provider_looks_for_the_end(tenant: Any) -> None:
    first = tenant.management("GET", f"{BINDINGS}?page=0&per_page=100").json()
    assert (first.keys(), first["total"]) == ({"bindings", "total", "per_page"}, len(first["bindings"]))
    second = tenant.management("GET", f"{BINDINGS}?page=1&per_page=100").json()
    assert second == {"bindings": [], "page": 1, "per_page": 100}


def test_only_a_deployed_action_is_bound_and_a_bound_one_stays(run_tenant: Any, tmp_path: Any) -> None:
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        action = created(tenant, "/actions/actions", {"name": "A", "code": CODE, "supported_triggers": TRIGGERS})
        path = f"/actions/actions/{action['id']}"
        binding = {"bindings": [{"display_name": "A", "ref": {"type": "action_id", "value": action["id"]}}]}
        assert error_of(tenant.management("PATCH", BINDINGS, binding)) == (400, "action_not_deployed")
        tenant.management("POST", f"{path}/deploy")
        bound = tenant.management("PATCH", BINDINGS, binding).json()["bindings"]
        assert [row["action"]["id"] for row in bound] == [action["id"]]
        assert tenant.management("PATCH", BINDINGS, binding).json()["bindings"][0]["id"] == bound[0]["id"]
        assert error_of(tenant.management("DELETE", path)) == (409, "action_bound")
        assert tenant.management("PATCH", BINDINGS, {"bindings": []}).json() == {"bindings": []}
        by_name = {"bindings": [{"ref": {"type": "action_name", "value": "A"}}]}
        assert tenant.management("PATCH", BINDINGS, by_name).json()["bindings"][0]["display_name"] == "A"
        assert tenant.management("DELETE", f"{path}?force=true").status_code == 204
        assert tenant.management("GET", BINDINGS).json()["bindings"] == []


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("breached-password-detection", {"enabled": True, "shields": ["block"]}),
        ("brute-force-protection", {"max_attempts": 5, "allowlist": ["127.0.0.1"]}),
        ("suspicious-ip-throttling", {"stage": {"pre-login": {"max_attempts": 7, "rate": 34560}}}),
        ("bot-detection", {"monitoring_mode_enabled": True}),
        ("captcha", {"active_provider_id": "simple_captcha"}),
    ],
)
def test_every_attack_protection_is_read_and_changed(tenant: Any, name: str, changes: dict[str, Any]) -> None:
    path = f"/attack-protection/{name}"
    before = tenant.management("GET", path).json()
    changed = tenant.management("PATCH", path, changes).json()
    assert changed.items() >= {**changes, "stage": changed["stage"]}.items() if "stage" in changes else changes.items()
    assert tenant.management("GET", path).json() == changed
    assert changed.keys() == before.keys()
    assert error_of(tenant.management("PATCH", path, {"unknown": 1})) == (400, "invalid_body")


@pytest.mark.parametrize(
    ("path", "first", "second", "both"),
    [
        (
            "/tenants/settings",
            {
                "oidc_logout": {"rp_logout_end_session_endpoint_discovery": False},
                "mtls": {"enable_endpoint_aliases": True},
            },
            {"mtls": None, "country_codes": {"list": ["CA", "US"], "mode": "allow"}},
            {
                "oidc_logout": {"rp_logout_end_session_endpoint_discovery": False},
                "country_codes": {"list": ["CA", "US"], "mode": "allow"},
            },
        ),
        (
            "/branding",
            {"colors": {"primary": "#111111"}},
            {"colors": {"page_background": "#222222"}},
            {"colors": {"primary": "#111111", "page_background": "#222222"}},
        ),
        (
            "/prompts",
            {"identifier_first": True},
            {"universal_login_experience": "classic"},
            {"identifier_first": True, "universal_login_experience": "classic"},
        ),
    ],
)
def test_settings_remember_and_merge(
    tenant: Any, path: str, first: dict[str, Any], second: dict[str, Any], both: dict[str, Any]
) -> None:
    assert tenant.management("PATCH", path, first).status_code == 200
    changed = tenant.management("PATCH", path, second).json()
    kept = tenant.management("GET", path).json()
    for name, value in both.items():
        assert changed[name] == kept[name] == value
    for name in [name for name, value in second.items() if value is None]:
        assert name not in changed
        assert name not in kept
    if "oidc_logout" in first:  # other tests of this tenant read the discovery document, which depends on it
        default = {"oidc_logout": {"rp_logout_end_session_endpoint_discovery": True}}
        assert tenant.management("PATCH", path, default).status_code == 200


def test_flags_of_the_tenant_merge_and_a_change_shows_two_more(tenant: Any) -> None:
    tenant.management("PATCH", "/tenants/settings", {"flags": {"enable_sso": False}})
    changed = tenant.management("PATCH", "/tenants/settings", {"flags": {"revoke_refresh_token_grant": True}}).json()
    kept = tenant.management("GET", "/tenants/settings?fields=flags").json()["flags"]
    assert (kept["enable_sso"], kept["revoke_refresh_token_grant"]) == (False, True)
    assert kept.items() <= changed["flags"].items()
    assert changed["flags"].keys() - kept.keys() == {
        "cannot_change_enforce_client_authentication_on_passwordless_start",
        "enforce_client_authentication_on_passwordless_start",
    }


@pytest.mark.parametrize("flag", [None, True, False])
def test_a_new_application_gets_every_connection_unless_the_tenant_says_otherwise(
    run_tenant: Any, tmp_path: Any, flag: bool | None
) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        if flag is not None:
            flags = {"flags": {"enable_client_connections": flag}}
            assert tenant.management("PATCH", "/tenants/settings", flags).status_code == 200
        client_id = created(tenant, "/clients", {"name": "app"})["client_id"]
        for connection in tenant.management("GET", "/connections").json():
            assert (client_id in connection["enabled_clients"]) == (flag is not False)


def test_branding_takes_https_addresses_and_colours_only(tenant: Any) -> None:
    for wrong in ({"logo_url": "http://example.com/logo.svg"}, {"colors": {"primary": "red;}"}}, {"extra": 1}):
        assert error_of(tenant.management("PATCH", "/branding", wrong)) == (400, "invalid_body")
    changed = tenant.management("PATCH", "/branding", {"logo_url": "https://example.com/logo.svg"}).json()
    assert changed["logo_url"] == "https://example.com/logo.svg"
    assert "logo_url" not in tenant.management("PATCH", "/branding", {"logo_url": None}).json()


def test_a_theme_does_not_exist_until_it_is_made(run_tenant: Any, tmp_path: Any) -> None:
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        assert error_of(tenant.management("GET", "/branding/themes/default")) == (404, "theme_not_found")
        theme = created(tenant, "/branding/themes", whole_theme("#1f5fbf"), 200)
        assert tenant.management("GET", "/branding/themes/default").json() == theme
        path = f"/branding/themes/{theme['themeId']}"
        assert error_of(tenant.management("PATCH", path, {"widget": {}})) == (400, "invalid_body")
        other = whole_theme("#111111")
        assert tenant.management("PATCH", path, other).json()["colors"] == other["colors"]
        assert error_of(tenant.management("POST", "/branding/themes", other)) == (409, "theme_already_exists")
        assert tenant.management("DELETE", path).status_code == 204
        assert error_of(tenant.management("GET", path)) == (404, "inexistent_theme")


def test_a_page_template_needs_a_custom_domain(run_tenant: Any, tmp_path: Any) -> None:
    path = "/branding/templates/universal-login"
    with run_tenant(tmp_path / "state", "--empty") as tenant:
        assert tenant.management("GET", "/custom-domains").json() == []
        template = {"template": "<html>{%- auth0:head -%}</html>"}
        assert error_of(tenant.management("PUT", path, template)) == (403, "feature_not_enabled")
        body = {"domain": "login.example.com", "type": "auth0_managed_certs", "tls_policy": "recommended"}
        domain = created(tenant, "/custom-domains", body)
        assert (domain["status"], domain["primary"]) == ("pending_verification", False)
        assert domain["verification"]["methods"][0]["domain"] == "login.example.com"
        assert error_of(tenant.management("POST", "/custom-domains", body))[0] == 409
        own = f"/custom-domains/{domain['custom_domain_id']}"
        assert tenant.management("POST", f"{own}/verify").json()["status"] == "ready"
        assert tenant.management("PATCH", own, {"domain_metadata": {"a": "b"}}).json()["domain_metadata"] == {"a": "b"}
        assert tenant.management("GET", "/custom-domains").json() == [tenant.management("GET", own).json()]
        assert tenant.management("GET", "/custom-domains?take=1").json().keys() == {"custom_domains"}
        assert [tenant.management("PUT", path, template).status_code for _ in range(2)] == [201, 204]
        assert tenant.management("GET", path).json() == {"body": template["template"]}
        assert tenant.management("DELETE", path).status_code == 204
        assert tenant.management("DELETE", own).status_code == 204
        assert tenant.management("GET", own).status_code == 404


def test_texts_of_a_prompt_are_replaced_whole(tenant: Any) -> None:
    path = "/prompts/login/custom-text/de"
    assert tenant.management("GET", path).json() == {}
    assert tenant.management("PUT", path, {"login": {"title": "Willkommen", "description": "x"}}).status_code == 200
    tenant.management("PUT", path, {"login": {"title": "Hallo"}})
    assert tenant.management("GET", path).json() == {"login": {"title": "Hallo"}}
    assert error_of(tenant.management("PUT", path, {"login": "Hallo"})) == (400, "invalid_body")


def test_a_log_stream_keeps_the_secret_that_a_change_does_not_send(tenant: Any) -> None:
    sink = {"httpEndpoint": "https://logs.example.com", "httpAuthorization": "secret"}
    stream = created(tenant, "/log-streams", {"name": "logs", "type": "http", "sink": sink}, 200)
    assert stream["id"].startswith("lst_")
    assert stream["status"] == "active"
    path = f"/log-streams/{stream['id']}"
    changes = {"status": "paused", "sink": {"httpEndpoint": "https://other.example.com"}}
    changed = tenant.management("PATCH", path, changes).json()
    assert changed["sink"] == {"httpEndpoint": "https://other.example.com", "httpAuthorization": "secret"}
    assert changed in tenant.management("GET", "/log-streams").json()
    assert error_of(tenant.management("PATCH", path, {"type": "splunk"})) == (400, "invalid_body")
    assert tenant.management("DELETE", path).status_code == 204
    assert tenant.management("GET", path).status_code == 404


def test_a_tenant_of_today_has_no_rules(tenant: Any) -> None:
    assert tenant.management("GET", "/rules").json() == []
    assert tenant.management("GET", "/rules?include_totals=true").json() == {
        "start": 0,
        "limit": 50,
        "total": 0,
        "rules": [],
    }


def test_a_user_who_signed_in_is_read_and_found(tenant: Any, browser: Any) -> None:
    tokens = browser.tokens("google-oauth2")
    user_id = jwt.decode(tokens["id_token"], options={"verify_signature": False})["sub"]
    path = f"/users/{quote(user_id, safe='')}"
    user = tenant.management("GET", path).json()
    assert (user["user_id"], user["email"]) == (user_id, "ada@example.com")
    provider, _, identifier = user_id.partition("|")
    expected = {"provider": provider, "connection": provider, "user_id": identifier, "isSocial": True}
    assert user["identities"] == [expected]
    for query in ('q=email:"ada@example.com"', f'q=user_id:"{quote(user_id)}"'):
        assert user_id in [row["user_id"] for row in tenant.management("GET", f"/users?{query}").json()]
    assert tenant.management("GET", "/users?q=email:nobody").json() == []
    assert error_of(tenant.management("GET", "/users?q=a AND b")) == (501, "not_implemented")
    assert user in tenant.management("GET", "/users-by-email?email=ADA@example.com").json()
    assert error_of(tenant.management("GET", "/users-by-email"))[0] == 400
    page = tenant.management("GET", "/users?include_totals=true&per_page=1&fields=email").json()
    assert page["users"][0].keys() == {"user_id", "email"}
    for kind, name, value in (("roles", "name", "viewer"), ("permissions", "permission_name", "read:Devices")):
        rows = tenant.management("GET", f"{path}/{kind}").json()
        assert value in [row[name] for row in rows]
        listed = tenant.management("GET", f"{path}/{kind}?include_totals=true&page=0&per_page=100").json()
        assert (listed["total"], listed[kind]) == (len(rows), rows)


def test_a_deleted_user_is_gone_with_the_session_and_the_refresh_token(tenant: Any, browser_of: Any) -> None:
    browser = browser_of(at=tenant)
    tokens = browser.tokens("google-oauth2", person="grace@example.com")
    user_id = jwt.decode(tokens["id_token"], options={"verify_signature": False})["sub"]
    for _ in range(2):  # the second time there is none
        assert tenant.management("DELETE", f"/users/{quote(user_id, safe='')}").status_code == 204
    assert error_of(tenant.management("GET", f"/users/{quote(user_id, safe='')}"))[0] == 404
    browser_of(at=tenant).tokens("google-oauth2", person="grace@example.com")  # the same person in another browser
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_signing_key_rotates_and_old_tokens_stay_good_until_it_is_revoked(
    run_tenant: Any, tmp_path: Any, browser_of: Any
) -> None:
    with run_tenant(tmp_path / "state") as tenant:
        browser = browser_of(tenant.create_client(), tenant)
        before = {key["kid"]: key for key in tenant.management("GET", "/keys/signing").json()}
        current, following = (next(kid for kid, key in before.items() if key.get(role)) for role in ("current", "next"))
        assert tenant.management("GET", f"/keys/signing/{current}").json() == before[current]
        old = browser.tokens()["access_token"]
        assert jwt.get_unverified_header(old)["kid"] == current
        rotated = tenant.management("POST", "/keys/signing/rotate")
        assert (rotated.status_code, rotated.json()["kid"]) == (201, following)
        assert jwt.get_unverified_header(browser.tokens()["access_token"])["kid"] == following
        published = [key["kid"] for key in browser.http.get("/.well-known/jwks.json").json()["keys"]]
        assert {current, following} < set(published)
        assert len(published) == 3
        headers = {"Authorization": f"Bearer {old}"}
        assert browser.http.get("/userinfo", headers=headers).status_code == 200
        assert error_of(tenant.management("PUT", f"/keys/signing/{following}/revoke"))[0] == 400
        with_new_key = tenant.management("GET", "/clients").status_code
        tenant._token = ""
        assert with_new_key == 200
        assert tenant.management("PUT", f"/keys/signing/{current}/revoke").status_code == 200
        assert browser.http.get("/userinfo", headers=headers).status_code == 401


def test_an_action_with_modules_is_refused_because_none_would_be_loaded(tenant: Any) -> None:
    action = {"name": unique("action"), "supported_triggers": [{"id": "post-login", "version": "v3"}]}
    modules = {"modules": [{"module_id": "mod_1", "module_version_id": "1"}]}
    assert error_of(tenant.management("POST", "/actions/actions", {**action, **modules})) == (501, "not_implemented")
    made = created(tenant, "/actions/actions", {**action, "modules": []})
    assert error_of(tenant.management("PATCH", f"/actions/actions/{made['id']}", modules)) == (501, "not_implemented")


def test_the_colours_in_the_tenant_s_settings_are_those_of_the_branding(tenant: Any) -> None:
    before = tenant.management("GET", "/branding").json()["colors"]
    body = {"universal_login": {"colors": {"primary": "#123456"}}}
    assert tenant.management("PATCH", "/tenants/settings", body).status_code == 200
    assert tenant.management("GET", "/branding").json()["colors"] == {**before, "primary": "#123456"}
    assert tenant.management("PATCH", "/tenants/settings", {"universal_login": {"colors": before}}).status_code == 200
    settings = tenant.management("GET", "/tenants/settings").json()
    assert settings["universal_login"] == {"colors": before}
