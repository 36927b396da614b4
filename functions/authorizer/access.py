"""The scopes that a verified token is granted: only those that the access model grants by name. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from authorizer.access_model import AccessModel, Operation
from authorizer.claims import MACHINE_SUBJECT_SUFFIX

CONNECTION, MACHINE_CLIENT = "connection", "machine_client"
NO_SCOPES: frozenset[str] = frozenset()


class Grant(NamedTuple):
    """The scopes of a token that count, and their source."""

    kind: str  # CONNECTION for a user's token, MACHINE_CLIENT for a machine client's
    name: str  # of the connection or the machine client in the access model; "" for an unknown one
    scopes: frozenset[str]


def grant(claims: Mapping[str, Any], access_model: AccessModel, machine_clients: Mapping[str, str]) -> Grant:
    """Return the scopes that a token claims *and* that the access model grants to its connection or machine client.

    The connection is the part of `sub` before the first `|`. So a sign-in with Google gets no scope of Amazon's,
    whatever the tenant wrote. A machine client (RFC 6749 §4.4) is identified by its client ID, which is also in `sub`:
    `machine_clients` maps client IDs to names in the access model. A claim of the wrong type claims nothing. `claims`
    have passed `claims.check`, so every `sub` that ends like a machine client's is one.
    """
    subject: str = claims["sub"]
    if subject.endswith(MACHINE_SUBJECT_SUFFIX):
        kind, name = MACHINE_CLIENT, machine_clients.get(subject.removesuffix(MACHINE_SUBJECT_SUFFIX), "")
        allowed = access_model.machine_clients.get(name)
    else:
        kind, (name, _, user) = CONNECTION, subject.partition("|")
        allowed = access_model.connections.get(name) if user else None
    if allowed is None:
        return Grant(kind, "", NO_SCOPES)
    scope = claims.get("scope")
    # RFC 6749 §3.3: names with one space between them; an empty name shows another grammar. Look up the few grantable
    # scopes in the text, because a token may claim many more.
    is_list = type(scope) is str and "  " not in (spaced := f" {scope} ")
    scopes = frozenset([name for name in allowed if f" {name} " in spaced]) if is_list else NO_SCOPES
    if access_model.role_based_access_control:  # Auth0 writes `permissions` only then
        scopes |= _permitted(claims.get("permissions"), allowed)
    return Grant(kind, name, scopes)


def is_granted(operation: Operation, scopes: frozenset[str]) -> bool:
    """Return whether scopes satisfy an operation: all scopes of one of its alternatives."""
    return any(needed <= scopes for needed in operation.any_of)


def _permitted(permissions: object, allowed: frozenset[str]) -> frozenset[str]:
    if not isinstance(permissions, list) or not all(isinstance(name, str) for name in permissions):
        return NO_SCOPES
    return allowed.intersection(permissions)
