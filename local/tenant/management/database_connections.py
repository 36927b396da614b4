"""Database connections, for which Auth0 keeps passwords: the options of a fresh or changed connection.

The local tenant has no sign-in with a password; it only stores the settings and returns them.
"""

from local.tenant.management.answers import ManagementError
from local.tenant.store import Document

STRATEGY = "auth0"
_NEW: Document = {
    "strategy_version": 2,
    "password_options": {
        "complexity": {
            "character_type_rule": "all",
            "identical_characters": "allow",
            "sequential_characters": "allow",
            "max_length_exceeded": "error",
            "min_length": 15,
            "character_types": [],
        },
        "profile_data": {
            "active": False,
            "blocked_fields": [
                *("name", "username", "nickname", "email", "phone_number"),
                *("user_metadata.name", "user_metadata.first", "user_metadata.last"),
            ],
        },
        "history": {"active": False, "size": 3},
        "dictionary": {"active": False, "custom": [], "default": "en_100k"},
    },
    "brute_force_protection": True,
    "mfa": {"active": True, "return_enroll_settings": True},
}
_PASSKEYS: Document = {
    "challenge_ui": "both",
    "progressive_enrollment_enabled": True,
    "local_enrollment_enabled": True,
}
_METHODS: Document = {
    "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
    "passkey": {"enabled": False},
}


def new_options(given: Document) -> Document:
    """Return the options of a fresh connection: Auth0's defaults, overridden by the given options, also in objects."""
    return _completed(given, _NEW)


def changed_options(options: Document) -> Document:
    """Return the options with the members that Auth0 adds at a change."""
    given: Document = options.get("authentication_methods", {})
    attributes: Document = {**options.get("attributes", {})}
    if attributes.get("email"):
        attributes["email"] = {"unique": True, "verification_method": "link", **attributes["email"]}
    more = {"attributes": attributes} if attributes else {}
    return {"passkey_options": _PASSKEYS, **options, "authentication_methods": _completed(given, _METHODS), **more}


def check(options: Document) -> None:
    """Raise ManagementError(400) for user attributes that contradict each other or an older option."""
    attributes: Document = options.get("attributes") or {}
    for other in ("validation", "requires_username"):
        if attributes and options.get(other):
            raise ManagementError(400, f"Cannot set both options.attributes and options.{other}", "invalid_body")
    rows: Document = {name: row for name, row in attributes.items() if isinstance(row, dict)}
    if rows and not any((row.get("identifier") or {}).get("active") for row in rows.values()):
        raise ManagementError(400, "attributes must contain one active identifier", "invalid_body")
    for name, row in rows.items():
        if row.get("profile_required") and (row.get("signup") or {}).get("status") == "inactive":
            raise ManagementError(400, f"attribute {name} must also be required on signup", "invalid_body")


def _completed(given: Document, defaults: Document) -> Document:
    """Return the defaults, overridden by the given members, also in objects."""
    both = {
        name: _completed(value, defaults[name])
        if isinstance(value, dict) and isinstance(defaults.get(name), dict)
        else value
        for name, value in given.items()
    }
    return {**defaults, **both}
