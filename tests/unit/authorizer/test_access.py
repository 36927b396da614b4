"""Granted is what the token claims and its connection grants; anything that is not exactly that grants nothing."""

from typing import Any

import pytest

from authorizer.access import Grant, grant, is_granted
from authorizer.rules import Operation, Rules

AMAZON, GOOGLE = "amazon|amzn1.account.AF6K", "google-oauth2|113967862534512849212"
NOTHING: frozenset[str] = frozenset()


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
    sub: str, scope: str, connection: str, scopes: set[str], rules: Rules
) -> None:
    assert grant({"sub": sub, "scope": scope}, rules) == Grant(connection, frozenset(scopes))


def test_a_google_user_may_not_read_movies_whatever_the_tenant_wrote(rules: Rules) -> None:
    claims = {"sub": GOOGLE, "scope": "read:Movies", "permissions": ["read:Movies"]}
    assert grant(claims, rules) == Grant("google-oauth2", NOTHING)


def test_permissions_count_like_scopes(rules: Rules) -> None:
    assert grant({"sub": AMAZON, "permissions": ["read:Movies"]}, rules).scopes == {"read:Movies"}
    assert grant({"sub": AMAZON, "scope": "openid", "permissions": ["read:Movies"]}, rules).scopes == {"read:Movies"}


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
        {"read:Movies": True},
        True,
        1,
        None,
    ],
    ids=ascii,
)
def test_a_scope_that_only_looks_alike_grants_nothing(scope: Any, rules: Rules) -> None:
    assert grant({"sub": AMAZON, "scope": scope}, rules) == Grant("amazon", NOTHING)


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
def test_permissions_of_the_wrong_shape_grant_nothing(permissions: Any, rules: Rules) -> None:
    assert grant({"sub": AMAZON, "permissions": permissions}, rules) == Grant("amazon", NOTHING)


def test_one_malformed_claim_leaves_the_other(rules: Rules) -> None:
    assert grant({"sub": AMAZON, "scope": 1, "permissions": ["read:Movies"]}, rules).scopes == {"read:Movies"}
    assert grant({"sub": AMAZON, "scope": "read:Movies", "permissions": "x"}, rules).scopes == {"read:Movies"}


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
        "client-id@clients",
        "amazon/1",
        "amazon%7C1",
        "amazon¦1",
    ],
)
def test_a_subject_of_no_connection_is_granted_nothing(sub: str, rules: Rules) -> None:
    assert grant({"sub": sub, "scope": "read:Movies read:Devices"}, rules) == Grant("", NOTHING)


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
