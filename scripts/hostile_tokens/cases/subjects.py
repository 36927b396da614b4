"""`sub`: `<connection>|<user>`. A user of one connection gets no scope of another, whatever the token claims."""

from scripts.hostile_tokens.case import Category, Recipe
from scripts.hostile_tokens.jose import Text
from scripts.hostile_tokens.recipes import changed_claim, issued
from scripts.hostile_tokens.scenario import USER

_SHAPE = "`sub` is a filled string of at most 255 characters (RFC 7519 §4.1.2, OpenID Connect Core §2)"
_PRINTABLE = "no issuer writes it, and it would go into logs, headers and policies"
_OTHER = "scopes count only if the connection in `sub` grants them in access.yaml"
_NO_CONNECTION = "it names no connection of access.yaml exactly, and so grants nothing"

subject = Category("sub")
_CYRILLIC = str.maketrans("aeo", "\u0430\u0435\u043e")  # letters that look alike


def _user(json_text: str) -> Recipe:
    """Name a user of the right connection by JSON text, which allows any escape."""
    return issued(lambda scenario: {"sub": Text(f'"{scenario.target.connection}|{json_text}"')})


ROWS = (
    subject.refused("sub-missing", issued(without=["sub"]), "an access token names its subject (RFC 9068 §2.2)"),
    *(
        subject.refused(f"sub-is-{name}", issued({"sub": value}), _SHAPE)
        for name, value in {
            "null": None,
            "empty": "",
            "0": 0,
            "1": 1,
            "true": True,
            "an-array": ["amazon|x"],
            "an-object": {"amazon": "x"},
        }.items()
    ),
    subject.refused(
        "sub-of-256-characters", issued(lambda w: {"sub": f"{w.target.connection}|".ljust(256, "x")}), _SHAPE
    ),
    subject.allowed(
        "sub-of-255-characters", issued(lambda w: {"sub": f"{w.target.connection}|".ljust(255, "x")}), _SHAPE
    ),
    *(
        subject.refused(
            f"sub-with-{name}",
            _user(mark),
            _PRINTABLE,
        )
        for name, mark in {
            "NUL": "\\u0000",
            "a-newline": "x\\nx",
            "CRLF": "x\\r\\nx",
            "an-escape-sequence": "\\u001b[31m",
            "a-lone-surrogate": "\\ud800",
            "a-reversed-pair-of-surrogates": "\\udc00\\ud800",
            "a-zero-width-space": "x\\u200bx",
            "text-that-runs-backwards": "\\u202ex",
            "a-byte-order-mark": "\\ufeffx",
        }.items()
    ),
    *(
        subject.denied(f"sub-{name}", changed_claim("sub", lambda w: w.target.connection, change), _NO_CONNECTION)
        for name, change in {
            "of-the-connection-alone": lambda name: name,
            "of-the-connection-without-a-user": lambda name: f"{name}|",
            "of-a-user-without-a-connection": lambda _: f"|{USER}",
            "of-a-bar-alone": lambda _: "|",
            "with-the-connection-in-upper-case": lambda name: f"{name.upper()}|{USER}",
            "with-the-connection-capitalised": lambda name: f"{name.capitalize()}|{USER}",
            "with-a-space-before": lambda name: f" {name}|{USER}",
            "with-a-space-after-the-connection": lambda name: f"{name} |{USER}",
            "with-a-longer-connection": lambda name: f"{name}2|{USER}",
            "with-a-shorter-connection": lambda name: f"{name[:-1]}|{USER}",
            "with-the-bar-percent-encoded": lambda name: f"{name}%7C{USER}",
            "with-a-bar-in-full-width": lambda name: f"{name}\uff5c{USER}",
            "with-a-broken-bar": lambda name: f"{name}\u00a6{USER}",
            "with-a-colon-for-the-bar": lambda name: f"{name}:{USER}",
            "with-the-connection-after": lambda name: f"{USER}|{name}",
            "with-the-connection-second": lambda name: f"auth0|{name}|{USER}",
            "with-a-letter-of-the-connection-in-cyrillic": lambda name: f"{name.translate(_CYRILLIC)}|{USER}",
            "with-the-connection-in-quotes": lambda name: f'"{name}"|{USER}',
        }.items()
    ),
    *(
        subject.denied(f"sub-of-{name}", issued({"sub": f"{connection}|{USER}"}), _NO_CONNECTION)
        for name, connection in {
            "the-database-connection": "auth0",
            "an-unknown-connection": "github",
            "an-enterprise-connection": "samlp",
            "a-passwordless-connection": "sms",
            "a-wildcard": "*",
            "a-special-name-of-Python": "__class__",
            "a-special-name-of-JavaScript": "constructor",
            "an-injection-into-JSON": 'x"},"y":"',
        }.items()
    ),
    subject.denied(
        "sub-of-another-connection", issued(lambda w: {"sub": f"{w.target.foreign_connection}|{USER}"}), _OTHER
    ),
    subject.denied(
        "sub-of-another-connection-with-the-right-one-second",
        issued(lambda w: {"sub": f"{w.target.foreign_connection}|{w.target.connection}|{USER}"}),
        _OTHER,
    ),
    subject.denied(
        "sub-of-another-connection-with-the-right-one-in-an-own-claim",
        issued(lambda w: {"sub": f"{w.target.foreign_connection}|{USER}", "connection": w.target.connection}),
        _OTHER,
    ),
    subject.allowed(
        "sub-with-another-connection-second",
        issued(lambda w: {"sub": f"{w.target.connection}|{w.target.foreign_connection}|{USER}"}),
        "the connection is the text before the first bar",
    ),
    subject.allowed(
        "sub-with-letters-of-many-scripts",
        issued(lambda w: {"sub": f"{w.target.connection}|Łukasz李"}),
        "a user's name for the provider may be any text",
    ),
    subject.allowed(
        "sub-with-quotes-and-braces",
        issued(lambda w: {"sub": f'{w.target.connection}|"}}],{{<&'}),
        "a user's name for the provider may be any text",
    ),
)
