"""`scope` and `permissions`: each has one shape, and its names are compared exactly."""

from collections.abc import Callable

from scripts.hostile_tokens.case import Category, Recipe, Setup
from scripts.hostile_tokens.recipes import changed_claim, issued
from scripts.hostile_tokens.scenario import USER, Scenario

_EXACT = "scope names compare exactly, with case (RFC 6749 §3.3)"
_SPACES = "names with one space between them, no other separator (RFC 6749 §3.3)"
_SHAPE = "`scope` is one string (RFC 9068 §2.2.3, RFC 8693 §4.2)"
_ABSENT = "what is not claimed is not granted"
_ELSEWHERE = "only `scope` claims scopes (RFC 9068 §2.2.3)"
_OTHER = "scopes count only if the connection in `sub` grants them in access.yaml"
_OFF = "role-based access control is off in access.yaml, so `permissions` counts for nothing"
_ON = "`permissions` is an array of strings (Auth0, role-based access control)"

scope = Category("scopes")
permissions_off = Category("permissions without role-based access control", Setup.SCOPES_ONLY)
permissions_on = Category("permissions with role-based access control", Setup.PERMISSIONS_TOO)


def _first(scenario: Scenario) -> str:
    return scenario.target.scopes[0]


_LOOKALIKES: dict[str, Callable[[str], object]] = {
    "in-upper-case": str.upper,
    "in-lower-case": lambda name: name.lower() if name != name.lower() else name.title(),
    "with-a-letter-more": lambda name: f"{name}x",
    "with-a-letter-before": lambda name: f"x{name}",
    "with-a-letter-less": lambda name: name[:-1],
    "with-a-wildcard-after": lambda name: f"{name.partition(':')[0]}:*",
    "that-is-a-wildcard": lambda _: "*",
    "with-a-slash-after": lambda name: f"{name}/",
    "with-NUL-after": lambda name: f"{name}\0",
    "with-a-zero-width-space": lambda name: f"{name}\u200b",
    "with-a-no-break-space-after": lambda name: f"{name}\u00a0",
    "with-a-cyrillic-letter": lambda name: name.replace("e", "\u0435"),
    "in-full-width": lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "in-quotes": lambda name: f'"{name}"',
    "percent-encoded": lambda name: name.replace(":", "%3A"),
    "backwards": lambda name: name[::-1],
    "with-another-separator-inside": lambda name: name.replace(":", "."),
    "that-is-a-regular-expression": lambda _: ".*:.*",
    "that-is-admin": lambda _: "admin",
}

_SEPARATORS: dict[str, Callable[[str], object]] = {
    "with-two-spaces-before": lambda name: f"openid  {name}",
    "with-two-spaces-after": lambda name: f"{name}  openid",
    "with-a-space-at-the-end": lambda name: f"openid {name} ",
    "with-a-space-before": lambda name: f" {name}",
    "with-tabs": lambda name: f"openid\t{name}",
    "with-newlines": lambda name: f"openid\n{name}",
    "with-commas": lambda name: f"openid,{name}",
    "with-semicolons": lambda name: f"openid;{name}",
    "with-plus-signs": lambda name: f"openid+{name}",
    "with-percent-encoded-spaces": lambda name: f"openid%20{name}",
    "with-no-break-spaces": lambda name: f"openid\u00a0{name}",
    "with-wide-spaces": lambda name: f"openid\u3000{name}",
    "with-line-separators": lambda name: f"openid\u2028{name}",
}

_SHAPES: dict[str, Callable[[str], object]] = {
    "null": lambda _: None,
    "empty": lambda _: "",
    "a-space": lambda _: " ",
    "1": lambda _: 1,
    "true": lambda _: True,
    "an-array": lambda name: [name],
    "an-array-of-arrays": lambda name: [[name]],
    "an-object": lambda name: {name: True},
    "JSON-in-a-string": lambda name: f'["{name}"]',
}

_PERMISSION_SHAPES: dict[str, Callable[[str], object]] = {
    "a-string": lambda name: name,
    "an-object": lambda name: {name: True},
    "an-array-in-an-array": lambda name: [[name]],
    "an-array-with-a-number": lambda name: [name, 1],
    "an-array-with-null": lambda name: [None, name],
    "an-array-of-objects": lambda name: [{"permission_name": name}],
    "an-array-of-one-joined-string": lambda name: [f"openid {name}"],
    "an-array-with-the-name-in-upper-case": lambda name: [name.upper()],
    "an-array-of-a-wildcard": lambda _: ["*"],
    "an-empty-array": lambda _: [],
    "null": lambda _: None,
    "true": lambda _: True,
    "1": lambda _: 1,
}


def _elsewhere(claim: str) -> Recipe:
    return issued(lambda scenario: {"scope": "openid", claim: list(scenario.target.scopes)})


def _permissions(change: Callable[[str], object]) -> Recipe:
    return issued(lambda scenario: {"scope": "openid", "permissions": change(_first(scenario))})


ROWS = (
    scope.allowed(
        "scope-alone", issued(lambda w: {"scope": " ".join(w.target.scopes)}), "the scope that the connection grants"
    ),
    scope.allowed(
        "scope-between-others",
        issued(lambda w: {"scope": f"openid {' '.join(w.target.scopes)} email"}),
        "names in any order (RFC 6749 §3.3)",
    ),
    scope.allowed("scope-twice", issued(lambda w: {"scope": " ".join(2 * w.target.scopes)}), "twice is once"),
    scope.allowed(
        "scope-next-to-one-that-does-not-exist",
        issued(lambda w: {"scope": f"delete:everything {' '.join(w.target.scopes)}"}),
        "an unknown name grants nothing and harms nothing",
    ),
    scope.denied("scope-missing", issued(without=["scope"]), _ABSENT),
    scope.denied("scope-of-sign-in-only", issued({"scope": "openid profile email offline_access"}), _ABSENT),
    scope.denied(
        "scope-of-another-API-only",
        issued(lambda w: {"scope": " ".join(set(w.target.foreign_scopes) - set(w.target.scopes))}),
        _ABSENT,
    ),
    *(
        scope.denied(f"scope-{name}", changed_claim("scope", _first, change), _EXACT)
        for name, change in _LOOKALIKES.items()
    ),
    *(
        scope.denied(f"scope-{name}", changed_claim("scope", _first, change), _SPACES)
        for name, change in _SEPARATORS.items()
    ),
    *(
        scope.denied(f"scope-is-{name}", changed_claim("scope", _first, change), _SHAPE)
        for name, change in _SHAPES.items()
    ),
    *(
        scope.denied(
            f"scope-in-{claim}",
            _elsewhere(claim),
            _ELSEWHERE,
        )
        for claim in (
            "scp",
            "scopes",
            "Scope",
            "roles",
            "groups",
            "authorities",
            "https://example.com/scope",
            "https://example.com/permissions",
        )
    ),
    scope.denied(
        "scope-right-by-another-connection",
        issued(
            lambda w: {
                "sub": f"{w.target.foreign_connection}|{USER}",
                "scope": " ".join({*w.target.scopes, *w.target.foreign_scopes}),
            }
        ),
        _OTHER,
    ),
    permissions_off.denied(
        "permissions-in-place-of-scope",
        issued(lambda w: {"scope": "openid", "permissions": list(w.target.scopes)}),
        _OFF,
    ),
    permissions_off.denied(
        "permissions-and-no-scope", issued(lambda w: {"permissions": list(w.target.scopes)}, without=["scope"]), _OFF
    ),
    permissions_off.allowed(
        "permissions-next-to-scope", issued(lambda w: {"permissions": list(w.target.scopes)}), _OFF
    ),
    permissions_on.allowed(
        "permissions-count-like-scopes",
        issued(lambda w: {"scope": "openid", "permissions": list(w.target.scopes)}),
        "role-based access control is on in access.yaml",
    ),
    permissions_on.allowed(
        "permissions-without-a-scope",
        issued(lambda w: {"permissions": list(w.target.scopes)}, without=["scope"]),
        "role-based access control is on in access.yaml",
    ),
    permissions_on.allowed(
        "scope-next-to-empty-permissions", issued({"permissions": []}), "what is in either is claimed"
    ),
    permissions_on.denied(
        "permissions-of-another-connection's",
        issued(
            lambda w: {
                "scope": "openid",
                "sub": f"{w.target.foreign_connection}|{USER}",
                "permissions": list(w.target.scopes),
            }
        ),
        _OTHER,
    ),
    permissions_on.denied(
        "permissions-of-an-unknown-connection's",
        issued(lambda w: {"scope": "openid", "sub": f"auth0|{USER}", "permissions": list(w.target.scopes)}),
        _OTHER,
    ),
    *(
        permissions_on.denied(
            f"permissions-is-{name}",
            _permissions(change),
            _ON,
        )
        for name, change in _PERMISSION_SHAPES.items()
    ),
)
