"""The scopes of Auth0's Management API that Terraform's application needs.

https://auth0.com/docs/api/management/v2 names the scopes of each call. An application with these scopes can change who
may sign in, so it gets no others.
"""

from collections.abc import Collection, Iterable

_READING = "read:"
_BASE = (
    "read:tenant_settings",
    "read:custom_domains",
    "read:connections",
    "create:connections",
    "update:connections",
    *(
        f"{verb}:{noun}"
        for verb in ("read", "create", "update", "delete")
        for noun in ("clients", "client_grants", "resource_servers", "actions")
    ),
)
_LOOK = (
    *(f"{verb}:branding" for verb in ("read", "create", "update", "delete")),
    "read:prompts",
    "update:prompts",
)

DANGEROUS = frozenset({"delete:connections"})
"""Auth0 deletes a connection together with all its users, for every application of the tenant. We never need it."""

OPTIONS = frozenset({"read:connections_options", "update:connections_options"})
"""Scopes with which Auth0 shows and changes the options of connections, including secrets.

Terraform's application has neither, because the provider writes all that it can read into the state. `make secret`
needs both.
"""

RULES_SCOPE = "read:rules"
"""`make doctor` needs it to find Rules; it is optional."""


def terraform_scopes(*, manages_look: bool) -> tuple[str, ...]:
    """Return the scopes that an environment's plan, apply and destroy need; `manages_look`: `manage_tenant_look`."""
    return (*_BASE, *_LOOK) if manages_look else _BASE


def reading_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return those scopes that only read; a plan needs no others."""
    return tuple(scope for scope in scopes if scope.startswith(_READING))


def is_reading(scopes: Collection[str]) -> bool:
    """Return whether an application has scopes, and all of them only read."""
    return bool(scopes) and len(reading_scopes(scopes)) == len(scopes)
