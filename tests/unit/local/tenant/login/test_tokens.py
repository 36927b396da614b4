"""Access tokens: both profiles, both algorithms, lifetimes and permissions, for users and applications."""

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import jwt
import pytest

SCOPES = ["read:one", "read:two"]
SECRET = "sixteen characters or more, as Auth0 asks"
_numbers = itertools.count()


@pytest.fixture
def make_api(tenant: Any) -> Callable[..., str]:
    """Return a function that creates an API and returns its identifier."""

    def make(**settings: object) -> str:
        identifier = f"https://access-{next(_numbers)}.example"
        body = {
            "identifier": identifier,
            "scopes": [{"value": scope} for scope in SCOPES],
            "skip_consent_for_verifiable_first_party_clients": True,
            **settings,
        }
        answer = tenant.management("POST", "/resource-servers", body)
        assert answer.status_code == 201, answer.text
        return identifier

    return make


@pytest.fixture
def machine_token(tenant: Any) -> Callable[..., Any]:
    """Return a function with which a new application requests a token for an API."""

    def ask(audience: str, granted: list[str], scope: str | None = None, **grant: object) -> Any:
        app = tenant.create_client(
            app_type="non_interactive",
            token_endpoint_auth_method="client_secret_post",
            grant_types=["client_credentials"],
        )
        tenant.grant(app, audience, granted, **grant)
        form = {
            "grant_type": "client_credentials",
            "audience": audience,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            **({} if scope is None else {"scope": scope}),
        }
        with tenant.client() as http:
            return http.post("/oauth/token", data=form)

    return ask


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


DIALECTS = ["access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"]


@pytest.mark.parametrize("algorithm", ["RS256", "HS256"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_users_token_has_the_form_of_its_dialect(browser: Any, make_api: Any, dialect: str, algorithm: str) -> None:
    secret = {"signing_secret": SECRET} if algorithm == "HS256" else {}
    audience = make_api(token_dialect=dialect, signing_alg=algorithm, **secret)
    token = browser.tokens(audience=audience, scope="read:one")["access_token"]
    header, claims = read(token)
    common = {"iss", "sub", "aud", "iat", "exp", "scope"}
    if dialect.startswith("rfc9068"):
        assert header["typ"] == "at+jwt"
        assert set(claims) == common | {"client_id", "jti"}
        assert claims["client_id"] == browser.app["client_id"]
    else:
        assert header["typ"] == "JWT"
        assert set(claims) == common | {"azp"}
        assert claims["azp"] == browser.app["client_id"]
    assert header["alg"] == algorithm
    assert ("kid" in header) == (algorithm == "RS256")
    if algorithm == "HS256":
        assert jwt.decode(token, SECRET, ["HS256"], audience=audience) == claims


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_machines_token_has_the_form_of_its_dialect(make_api: Any, machine_token: Any, dialect: str) -> None:
    audience = make_api(token_dialect=dialect, token_lifetime=1234)
    answer = machine_token(audience, ["read:one"])
    assert answer.status_code == 200, answer.text
    header, claims = read(answer.json()["access_token"])
    common = {"iss", "sub", "aud", "iat", "exp", "scope"}
    is_9068 = dialect.startswith("rfc9068")
    assert set(claims) == common | ({"client_id", "jti"} if is_9068 else {"azp", "gty"})
    assert header["typ"] == ("at+jwt" if is_9068 else "JWT")
    client_id = claims["client_id" if is_9068 else "azp"]
    assert (claims["sub"], claims["aud"], claims["scope"]) == (f"{client_id}@clients", audience, "read:one")
    assert is_9068 or claims["gty"] == "client-credentials"
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"] == 1234


def test_each_rfc_9068_token_has_an_id_of_its_own(make_api: Any, machine_token: Any) -> None:
    audience = make_api(token_dialect="rfc9068_profile")
    ids = {read(machine_token(audience, ["read:one"]).json()["access_token"])[1]["jti"] for _ in range(3)}
    assert len(ids) == 3


def test_a_machine_gets_all_of_its_grant_when_it_names_nothing(make_api: Any, machine_token: Any) -> None:
    assert machine_token(make_api(), SCOPES).json()["scope"] == " ".join(SCOPES)
    assert machine_token(make_api(), SCOPES, "read:two").json()["scope"] == "read:two"


def test_a_grant_for_all_scopes_has_those_of_the_api(make_api: Any, machine_token: Any) -> None:
    answer = machine_token(make_api(), [], allow_all_scopes=True)
    assert answer.json()["scope"] == " ".join(SCOPES)


def test_without_any_scope_the_token_has_no_such_claim(make_api: Any, machine_token: Any) -> None:
    answer = machine_token(make_api(), [])
    assert "scope" not in answer.json()
    assert "scope" not in read(answer.json()["access_token"])[1]


def test_a_scope_that_the_api_lost_is_not_given(tenant: Any, make_api: Any, machine_token: Any) -> None:
    audience = make_api()
    path = f"/resource-servers/{quote(audience, safe='')}"
    change = {"scopes": [{"value": "read:one"}]}
    granted = machine_token(audience, SCOPES)
    assert granted.json()["scope"] == " ".join(SCOPES)
    assert tenant.management("PATCH", path, change).status_code == 200
    claims = read(granted.json()["access_token"])[1]
    grants = tenant.management("GET", f"/client-grants?client_id={claims['azp']}").json()
    secret = tenant.management("GET", f"/clients/{claims['azp']}").json()["client_secret"]
    form = {"grant_type": "client_credentials", "audience": audience, "client_id": claims["azp"]}
    assert grants[0]["scope"] == SCOPES
    with tenant.client() as http:
        answer = http.post("/oauth/token", data={**form, "client_secret": secret})
    assert answer.json()["scope"] == "read:one"


@pytest.mark.parametrize(("policy", "status"), [("deny_all", 403), ("require_client_grant", 200), (None, 403)])
def test_the_policy_for_machines_decides(make_api: Any, machine_token: Any, policy: str | None, status: int) -> None:
    client = {"client": {"policy": policy}} if policy else {}
    audience = make_api(subject_type_authorization={"user": {"policy": "allow_all"}, **client})
    answer = machine_token(audience, ["read:one"])
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"] == "access_denied"


def test_a_grant_for_users_is_none_for_the_machine_itself(make_api: Any, machine_token: Any) -> None:
    answer = machine_token(make_api(), ["read:one"], subject_type="user")
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


@pytest.mark.parametrize("policy", ["deny_all", "require_client_grant"])
def test_an_api_that_is_closed_to_an_application_says_so_before_anyone_signs_in(
    browser: Any, make_api: Any, policy: str
) -> None:
    closed = {"user": {"policy": policy}, "client": {"policy": "deny_all"}}
    answer = browser.answer(browser.authorize(audience=make_api(subject_type_authorization=closed)))
    assert answer["error"] == "access_denied"
    assert browser.app["client_id"] in answer["error_description"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("enforced", [True, False])
def test_roles_limit_the_scopes_and_show_as_permissions(
    browser_of: Any, make_api: Any, dialect: str, enforced: bool
) -> None:
    audience = make_api(enforce_policies=enforced, token_dialect=dialect)
    claims = read(browser_of().tokens(audience=audience, scope="openid read:one")["access_token"])[1]
    assert claims["scope"] == ("openid" if enforced else "openid read:one")
    shown = enforced and dialect.endswith("_authz")
    assert claims.get("permissions") == ([] if shown else None)


def test_a_machines_permissions_are_its_scopes(make_api: Any, machine_token: Any) -> None:
    audience = make_api(enforce_policies=True, token_dialect="access_token_authz")
    claims = read(machine_token(audience, ["read:two"]).json()["access_token"])[1]
    assert (claims["scope"], claims["permissions"]) == ("read:two", ["read:two"])


def test_lifetimes_are_those_of_the_api_and_of_the_application(browser_of: Any, tenant: Any, make_api: Any) -> None:
    audience = make_api(token_lifetime=4000, token_lifetime_for_web=2000)
    both = ["authorization_code", "implicit"]
    identity_settings = {"alg": "RS256", "lifetime_in_seconds": 500}
    browser = browser_of(tenant.create_client(grant_types=both, jwt_configuration=identity_settings))
    by_code = browser.tokens(audience=audience, scope="openid")
    by_fragment = browser.sign_in(audience=audience, scope="openid", response_type="token id_token")
    for tokens, lifetime in ((by_code, 4000), (by_fragment, 2000)):
        access, identity = (read(tokens[name])[1] for name in ("access_token", "id_token"))
        assert access["exp"] - access["iat"] == int(tokens["expires_in"]) == lifetime
        assert identity["exp"] - identity["iat"] == 500


def test_only_a_token_that_the_tenant_can_check_itself_is_for_userinfo(browser: Any, make_api: Any) -> None:
    audience = make_api(signing_alg="HS256", signing_secret=SECRET)
    token = browser.tokens(audience=audience, scope="openid")["access_token"]
    assert read(token)[1]["aud"] == audience
    assert browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_userinfo_end_point_as_audience_gives_an_opaque_token(browser: Any) -> None:
    tokens = browser.tokens(audience=f"{browser.tenant.issuer}userinfo", scope="openid email")
    assert tokens["access_token"].count(".") == 0
    info = browser.http.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert info.json()["email"] == "ada@example.com"


def test_an_application_with_an_encoded_secret_signs_with_its_bytes(browser_of: Any, tenant: Any) -> None:
    settings = {"alg": "HS256", "secret_encoded": True}
    app = tenant.create_client(jwt_configuration=settings)
    token = browser_of(app).tokens()["id_token"]
    key = jwt.utils.base64url_decode(app["client_secret"])
    assert jwt.decode(token, key, algorithms=["HS256"], audience=app["client_id"])


def test_an_api_may_change_to_a_secret_and_back(browser: Any, tenant: Any, make_api: Any) -> None:
    audience = make_api()
    path = f"/resource-servers/{quote(audience, safe='')}"
    for algorithm, more in (("HS256", {"signing_secret": SECRET}), ("RS256", {}), ("HS256", {})):
        changed = tenant.management("PATCH", path, {"signing_alg": algorithm, **more})
        assert changed.status_code == 200, changed.text
        token = browser.tokens(audience=audience, scope="read:one")["access_token"]
        assert read(token)[0]["alg"] == algorithm
        if algorithm == "HS256":
            assert jwt.decode(token, changed.json()["signing_secret"], ["HS256"], audience=audience)


def test_an_application_may_be_given_the_implicit_grant_and_lose_it(browser: Any, tenant: Any) -> None:
    path, before = f"/clients/{browser.app['client_id']}", browser.app["grant_types"]

    def ask() -> dict[str, str]:
        answer: dict[str, str] = browser.sign_in(response_type="token id_token")
        return answer

    browser.sign_in()
    assert ask()["error"] == "unauthorized_client"
    assert tenant.management("PATCH", path, {"grant_types": [*before, "implicit"]}).status_code == 200
    answer = ask()
    assert read(answer["access_token"])[1]["scope"] == answer["scope"]
    assert "refresh_token" not in answer
    assert tenant.management("PATCH", path, {"grant_types": before}).status_code == 200
    assert ask()["error"] == "unauthorized_client"


def test_a_grant_for_all_scopes_of_the_management_api_has_every_scope_of_its_routes(
    tenant: Any, machine_token: Any
) -> None:
    answer = machine_token(f"{tenant.https}/api/v2/", [], allow_all_scopes=True)
    scopes = answer.json()["scope"].split()
    assert {"read:clients", "create:actions", "update:tenant_settings", "delete:connections"} <= set(scopes)
    assert scopes == sorted(set(scopes))
