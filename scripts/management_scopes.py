"""The scopes of Auth0's Management API that terraform/cloud needs; terraform/cloud/providers.tf says them to people."""

TERRAFORM_SCOPES = (
    "read:tenant_settings",
    "read:custom_domains",
    *(f"{verb}:{noun}" for verb in ("read", "update") for noun in ("prompts", "connections_options")),
    *(
        f"{verb}:{noun}"
        for verb in ("read", "create", "update", "delete")
        for noun in ("branding", "clients", "client_grants", "resource_servers", "connections", "actions")
    ),
)
"""No more than these: the application that has them can change who may sign in."""

RULES_SCOPE = "read:rules"
"""Only `make doctor` needs it, to look for Rules."""
