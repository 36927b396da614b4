"""What a verified token may do. Pure; nothing is granted that the rules do not grant by name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizer.rules import Operation, Rules


class Grant(NamedTuple):
    """What a token grants after the rules have had their say."""

    connection: str  # a connection of the rules, or "" for any other way of signing in
    scopes: frozenset[str]


def grant(claims: Mapping[str, Any], rules: Rules) -> Grant:
    """Return the scopes that a token claims *and* the connection of its user grants.

    Claimed is what stands in `scope` or in `permissions` (Auth0's role-based access control). The connection is the
    part of `sub` before the first `|`: who signed in with Google gets nothing of Amazon's, whatever the tenant wrote.
    """
    connection, _, user = str(claims.get("sub", "")).partition("|")
    allowed = rules.connections.get(connection)
    if allowed is None or not user:
        return Grant("", frozenset())
    return Grant(connection, _claimed(claims) & allowed)


def is_granted(operation: Operation, scopes: frozenset[str]) -> bool:
    """Whether scopes are enough for an operation: all of one of its alternatives."""
    return any(needed <= scopes for needed in operation.any_of)


def _claimed(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the union of both claims; one of the wrong shape claims nothing."""
    scope, permissions = claims.get("scope"), claims.get("permissions")
    claimed: set[str] = set()
    # RFC 6749 §3.3: names with one space between them. An empty name gives away another grammar.
    if isinstance(scope, str) and "" not in (names := scope.split(" ")):
        claimed.update(names)
    if isinstance(permissions, list) and all(isinstance(name, str) for name in permissions):
        claimed.update(permissions)
    return frozenset(claimed)
