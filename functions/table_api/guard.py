"""Checks once more, behind the authorizer, that the caller was granted what an operation needs."""

from collections.abc import Mapping
from typing import Any

from table_api.document import Operation
from table_api.errors import InsufficientScopeError, UnguardedError


def require_scopes(operation: Operation, authorizer: Mapping[str, Any] | None) -> None:
    """Return if the authorizer's context covers the operation; a public one needs none.

    `authorizer` is the event's requestContext.authorizer; its `scope` holds the granted scopes, separated by spaces.
    Raises UnguardedError when a guarded operation was reached without that context, so that an API deployed without its
    authorizer stays closed, and InsufficientScopeError when the scopes do not cover the operation.
    """
    if operation.any_of is None:
        return
    granted = authorizer.get("scope") if authorizer else None
    if not isinstance(granted, str):
        raise UnguardedError("The API is not set up correctly.")
    scopes = set(granted.split(" "))
    if not any(needed and needed <= scopes for needed in operation.any_of):
        raise InsufficientScopeError(" ".join(sorted(operation.any_of[0])))
