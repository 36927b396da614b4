"""The operations of an OpenAPI document, for the access model, the access matrix and the checks."""

from collections.abc import Iterator
from typing import Any, NamedTuple

Alternatives = tuple[tuple[str, ...], ...]
"""Alternatives; each is a tuple of scopes that are all needed: ((a, b), (c,)) is "a and b, or c"."""


class Operation(NamedTuple):
    """One operation; `any_of` is None if it is public."""

    method: str
    path: str
    any_of: Alternatives | None

    def __str__(self) -> str:
        """The operation for people: `GET /movies`."""
        return f"{self.method} {self.path}"

    def allows(self, scopes: set[str]) -> bool:
        """Return whether a caller with exactly these scopes may call it."""
        return self.any_of is None or any(scopes.issuperset(needed) for needed in self.any_of)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Yield the operations of one checked document, sorted by path, then method."""
    for path, methods in sorted(document["paths"].items()):
        for method, operation in sorted(methods.items()):
            yield Operation(method.upper(), path, _alternatives(operation["security"]))


def _alternatives(security: list[dict[str, list[str]]]) -> Alternatives | None:
    if not security:
        return None
    return tuple(sorted({tuple(sorted(set(requirement["auth0"]))) for requirement in security}))
