"""What a verified token may do. Pure; nothing is granted that the rules do not grant by name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizer.claims import MACHINE_GRANT, MACHINE_SUBJECT_SUFFIX
from authorizer.rules import Operation, Rules

NO_SCOPES: frozenset[str] = frozenset()


class Grant(NamedTuple):
    """What a token grants after the rules have had their say. At most one of the two names is filled."""

    connection: str  # a connection of the rules, or "" for any other way of signing in
    machine_client: str  # a machine client of the rules, or ""
    scopes: frozenset[str]


def grant(claims: Mapping[str, Any], rules: Rules, machine_clients: Mapping[str, str]) -> Grant:
    """Return the scopes that a token claims *and* that its connection, or its machine client, is granted.

    The connection is the part of `sub` before the first `|`: who signed in with Google gets nothing of Amazon's,
    whatever the tenant wrote. A machine (RFC 6749 §4.4) is known by its client ID, which stands in `sub` too:
    `machine_clients` maps those that the tenant made to the names that the rules use.
    """
    subject: str = claims["sub"]
    if is_machine(claims):
        client = machine_clients.get(subject.removesuffix(MACHINE_SUBJECT_SUFFIX), "")
        allowed = rules.machine_clients.get(client)
        return Grant("", "", NO_SCOPES) if allowed is None else Grant("", client, _claimed(claims, allowed, rules))
    connection, _, user = subject.partition("|")
    allowed = rules.connections.get(connection)
    if allowed is None or not user:
        return Grant("", "", NO_SCOPES)
    return Grant(connection, "", _claimed(claims, allowed, rules))


def is_machine(claims: Mapping[str, Any]) -> bool:
    """Whether claims are those of a machine; module claims has seen to it that they are so altogether or not at all."""
    return claims.get("gty") == MACHINE_GRANT


def is_granted(operation: Operation, scopes: frozenset[str]) -> bool:
    """Whether scopes are enough for an operation: all of one of its alternatives."""
    return any(needed <= scopes for needed in operation.any_of)


def _claimed(claims: Mapping[str, Any], allowed: frozenset[str], rules: Rules) -> frozenset[str]:
    """Return those of the allowed scopes that the token claims; a claim of the wrong shape claims nothing."""
    claimed = NO_SCOPES
    scope = claims.get("scope")
    # RFC 6749 §3.3: names with one space between them. An empty name gives away another grammar.
    if isinstance(scope, str) and "" not in (names := scope.split(" ")):
        claimed = allowed.intersection(names)
    if rules.role_based_access_control:  # Auth0 writes `permissions` for an API that enforces it
        permissions = claims.get("permissions")
        if isinstance(permissions, list) and all(isinstance(name, str) for name in permissions):
            claimed |= allowed.intersection(permissions)
    return claimed
