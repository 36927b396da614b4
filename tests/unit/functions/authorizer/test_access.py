"""A scope is granted if the token claims it and the connection grants it; any other spelling grants nothing."""

from typing import Any

import pytest

from authorizer.access import CONNECTION, MACHINE_CLIENT, grant, is_granted
from authorizer.access_model import AccessModel, Operation

AMAZON, GOOGLE = "amazon|amzn1.account.AF6K", "google-oauth2|113967862534512849212"
NOTHING: frozenset[str] = frozenset()
MACHINE_CLIENTS = {"machine-client-id": "nightly-report"}
MACHINE = {"sub": "machine-client-id@clients", "azp": "machine-client-id", "gty": "client-credentials"}


@pytest.fixture
def permissions_count(access_model: AccessModel) -> AccessModel:
    """The same access model with role-based access control."""
    return access_model._replace(role_based_access_control=True)


@pytest.mark.parametrize(
    ("sub", "scope", "connection", "scopes"),
    [
        (AMAZON, "read:Movies", "amazon", {"read:Movies"}),
        (AMAZON, "openid profile read:Movies email", "amazon", {"read:Movies"}),
        (GOOGLE, "read:Devices", "google-oauth2", {"read:Devices"}),
        ("amazon|a|b|c", "read:Movies", "amazon", {"read:Movies"}),
    ],
)
def test_a_connection_grants_its_own_scopes(
    sub: str, scope: str, connection: str, scopes: set[str], access_model: AccessModel
) -> None:
    assert grant({"sub": sub, "scope": scope}, access_model, {}) == (CONNECTION, connection, frozenset(scopes))


def test_a_google_user_may_not_read_movies_whatever_the_tenant_wrote(access_model: AccessModel) -> None:
    claims = {"sub": GOOGLE, "scope": "read:Movies", "permissions": ["read:Movies"]}
    assert grant(claims, access_model, {}) == (CONNECTION, "google-oauth2", NOTHING)


def test_permissions_count_like_scopes_where_roles_control_access(permissions_count: AccessModel) -> None:
    for claims in ({"permissions": ["read:Movies"]}, {"scope": "openid", "permissions": ["read:Movies", "read:More"]}):
        assert grant({"sub": AMAZON} | claims, permissions_count, {}) == (
            CONNECTION,
            "amazon",
            frozenset({"read:Movies"}),
        )


def test_permissions_count_for_nothing_elsewhere(access_model: AccessModel) -> None:
    assert grant({"sub": AMAZON, "permissions": ["read:Movies"]}, access_model, {}) == (CONNECTION, "amazon", NOTHING)


def test_permissions_grant_no_more_than_the_connection_does(permissions_count: AccessModel) -> None:
    claims = {"sub": GOOGLE, "scope": "read:Movies", "permissions": ["read:Movies"]}
    assert grant(claims, permissions_count, {}) == (CONNECTION, "google-oauth2", NOTHING)


@pytest.mark.parametrize(
    "scope",
    [
        "read:Moviesx",
        "xread:Movies",
        "READ:MOVIES",
        "read:movies",
        "read:Movie",
        "read:*",
        "*",
        "read: Movies",
        "read:Movies,read:Devices",
        "read:Movies;",
        "read:Movies\t",
        "read:Movies\n",
        "openid\tread:Movies",
        "read:Movies  openid",
        " read:Movies",
        "read:Movies ",
        "read:\uff2dovies",  # a fullwidth letter
        "read:M\u043evies",  # a Cyrillic letter
        "read:Movies\u200b",
        "read%3AMovies",
        "",
        " ",
        ["read:Movies"],
        ["openid read:Movies profile"],
        {"openid read:Movies profile": True},
        {"read:Movies": True},
        True,
        1,
        None,
    ],
    ids=ascii,
)
def test_a_scope_that_only_looks_alike_grants_nothing(scope: Any, access_model: AccessModel) -> None:
    assert grant({"sub": AMAZON, "scope": scope}, access_model, {}) == (CONNECTION, "amazon", NOTHING)


@pytest.mark.parametrize(
    "permissions",
    [
        "read:Movies",
        {"read:Movies": True},
        [["read:Movies"]],
        ["read:Movies", 1],
        ["read:Movies", None],
        [{"permission_name": "read:Movies"}],
        ["READ:MOVIES"],
        ["read:Movies read:Devices"],
        [],
        True,
        None,
    ],
    ids=repr,
)
def test_permissions_of_the_wrong_shape_grant_nothing(permissions: Any, permissions_count: AccessModel) -> None:
    assert grant({"sub": AMAZON, "permissions": permissions}, permissions_count, {}) == (CONNECTION, "amazon", NOTHING)


def test_a_malformed_claim_does_not_affect_the_other_one(permissions_count: AccessModel) -> None:
    for claims in ({"scope": 1, "permissions": ["read:Movies"]}, {"scope": "read:Movies", "permissions": "x"}):
        assert grant({"sub": AMAZON} | claims, permissions_count, {}) == (
            CONNECTION,
            "amazon",
            frozenset({"read:Movies"}),
        )


def test_a_machine_client_is_granted_its_own_scopes(access_model: AccessModel) -> None:
    found = grant(MACHINE | {"scope": "read:Movies read:Devices"}, access_model, MACHINE_CLIENTS)
    assert found == (MACHINE_CLIENT, "nightly-report", frozenset({"read:Movies"}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"sub": "other-client-id@clients"}, id="an unknown client"),
        pytest.param({"sub": "nightly-report@clients"}, id="the name in the access model in place of the client ID"),
        pytest.param({"sub": "@clients"}, id="no client ID"),
    ],
)
def test_a_machine_that_the_tenant_did_not_make_is_granted_nothing(
    changes: dict[str, str], access_model: AccessModel
) -> None:
    claims = MACHINE | {"scope": "read:Movies"} | changes
    assert grant(claims, access_model, MACHINE_CLIENTS) == (MACHINE_CLIENT, "", NOTHING)


@pytest.mark.parametrize("subject", ["machine-client-id", "machine-client-id@client", "machine-client-id@clients|1"])
def test_nothing_but_the_end_of_its_subject_makes_a_machine(subject: str, access_model: AccessModel) -> None:
    claims = MACHINE | {"scope": "read:Movies", "sub": subject}
    assert grant(claims, access_model, MACHINE_CLIENTS) == (CONNECTION, "", NOTHING)


@pytest.mark.parametrize(
    "sub",
    [
        "amazon",
        "amazon|",
        "|amazon|1",
        "|",
        "",
        "Amazon|1",
        "AMAZON|1",
        " amazon|1",
        "amazon |1",
        "amazonx|1",
        "xamazon|1",
        "auth0|amazon|1",
        "amazon/1",
        "amazon%7C1",
        "amazon¦1",
    ],
)
def test_a_subject_of_no_connection_is_granted_nothing(sub: str, access_model: AccessModel) -> None:
    assert grant({"sub": sub, "scope": "read:Movies read:Devices"}, access_model, {}) == (CONNECTION, "", NOTHING)


def operation(*any_of: set[str]) -> Operation:
    return Operation("GET", ("movies",), tuple(map(frozenset, any_of)))


@pytest.mark.parametrize(
    ("needed", "scopes", "granted"),
    [
        (operation({"a"}), {"a"}, True),
        (operation({"a"}), {"a", "b"}, True),
        (operation({"a"}), {"b"}, False),
        (operation({"a"}), set(), False),
        (operation({"a", "b"}), {"a"}, False),
        (operation({"a", "b"}), {"a", "b"}, True),
        (operation({"a"}, {"b"}), {"b"}, True),
        (operation({"a", "b"}, {"c"}), {"a", "c"}, True),
        (operation({"a", "b"}, {"c"}), {"b"}, False),
    ],
)
def test_an_operation_needs_all_scopes_of_one_alternative(needed: Operation, scopes: set[str], granted: bool) -> None:
    assert is_granted(needed, frozenset(scopes)) is granted
