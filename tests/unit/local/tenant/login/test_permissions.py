"""Role-based access control: a user gets those requested scopes that are among the user's permissions."""

from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.tenant.action_process import ActionProcess
from local.tenant.listeners import Listeners
from local.tenant.login import permissions, tokens
from local.tenant.login.logins import Login
from local.tenant.signing_keys import SigningKeys
from local.tenant.store import Store
from local.tenant.tenant import Tenant

AUDIENCE = "https://api.example"
NAMES = ["read:a", "read:b", "read:c"]
CLIENT = {"client_id": "client", "grant_types": ["authorization_code", "refresh_token"]}


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenant]:
    store = Store(tmp_path_factory.mktemp("state"))
    yield Tenant(store, SigningKeys(store.signing_keys), Listeners(80, 443), ActionProcess())
    store.close()


def api_of(scopes: list[str], policy: str = "allow_all", **settings: Any) -> dict[str, Any]:
    return {
        "id": "api",
        "identifier": AUDIENCE,
        "scopes": [{"value": scope} for scope in scopes],
        "signing_alg": "RS256",
        "token_lifetime": 60,
        "token_lifetime_for_web": 60,
        "allow_offline_access": True,
        "subject_type_authorization": {"user": {"policy": policy}},
        **settings,
    }


def user_with(names: list[str]) -> dict[str, Any]:
    rows = [{"permission_name": name, "resource_server_identifier": AUDIENCE} for name in names]
    elsewhere = {"permission_name": "read:a", "resource_server_identifier": "https://other.example"}
    return {"user_id": "amazon|1", "permissions": [*rows, elsewhere]}


subsets = st.lists(st.sampled_from(NAMES), unique=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    asked=st.lists(st.sampled_from([*NAMES, "openid", "read:unknown"])),
    declared=subsets,
    granted=subsets,
    held=subsets,
    enforced=st.booleans(),
    with_grant=st.booleans(),
)
def test_the_scopes_are_what_every_rule_allows(
    tenant: Tenant,
    asked: list[str],
    declared: list[str],
    granted: list[str],
    held: list[str],
    enforced: bool,
    with_grant: bool,
) -> None:
    api = api_of(declared, "require_client_grant" if with_grant else "allow_all", enforce_policies=enforced)
    row = {"id": "cgr", "client_id": "client", "audience": AUDIENCE, "scope": granted, "subject_type": "user"}
    tenant.store.client_grants.put("cgr", row)
    given = permissions.grantable_scopes(tenant, CLIENT, api, user_with(held), asked)
    expected = [
        scope
        for scope in dict.fromkeys(asked)
        if scope == "openid"
        or (scope in declared and (not with_grant or scope in granted) and (not enforced or scope in held))
    ]
    assert given == expected


@pytest.mark.parametrize("dialect", ["access_token_authz", "rfc9068_profile_authz"])
def test_the_token_names_the_permissions_of_this_api_only(tenant: Tenant, dialect: str) -> None:
    tenant.store.resource_servers.put("api", api_of(NAMES, enforce_policies=True, token_dialect=dialect))
    tenant.store.users.put("amazon|1", user_with(["read:a", "read:c"]))
    login = Login("grant", "client", "amazon|1", "con", AUDIENCE, ["read:a"], ["read:a"], "session", 0)
    token, _ = tokens.access_token(tenant, "http://localhost/", login)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["scope"], claims["permissions"]) == ("read:a", ["read:a", "read:c"])


@pytest.mark.parametrize("policies", [{}, {"client": {"policy": "allow_all"}}, {"user": {}}, {"user": {"policy": "x"}}])
def test_a_policy_that_is_not_set_or_not_known_denies(tenant: Tenant, policies: dict[str, Any]) -> None:
    stranger = {**CLIENT, "client_id": "stranger"}
    tenant.store.resource_servers.put("api", {**api_of(NAMES), "subject_type_authorization": policies})
    with pytest.raises(Exception, match="access_denied"):
        permissions.find_api(tenant, stranger, AUDIENCE)
