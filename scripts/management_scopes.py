"""The scopes of Auth0's Management API that Terraform's application needs.

https://auth0.com/docs/api/management/v2 names the scopes of each call. An application with these scopes can change who
may sign in, so it gets no others.
"""

_BASE = (
    "read:tenant_settings",
    "read:custom_domains",
    "read:connections_options",
    "update:connections_options",
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
"""Auth0 deletes a connection together with all its users, for every application of the tenant. We never need that."""

RULES_SCOPE = "read:rules"
"""`make doctor` finds Rules with it; it is optional."""


def terraform_scopes(*, manages_look: bool) -> tuple[str, ...]:
    """Return the scopes that an environment's plan, apply and destroy need; `manages_look` is `manage_tenant_look`."""
    return (*_BASE, *_LOOK) if manages_look else _BASE
