"""`iss`: exactly a configured issuer, with the slash at the end that Auth0 writes (RFC 9068 §4, RFC 8414 §2)."""

from scripts.hostile_tokens.case import Category, Setup
from scripts.hostile_tokens.recipes import changed_claim, issued
from scripts.hostile_tokens.scenario import SECOND_ISSUER

_EXACT = "issuers compare exactly, as strings (RFC 9068 §4, RFC 8725 §3.8)"
_SHAPE = "`iss` is a string (RFC 7519 §4.1.1)"
_ELSE = "the authorizer trusts no other issuer (RFC 8725 §3.8)"
_CONFIGURED = "the configuration names a custom domain of the same tenant, next to its own"

issuer = Category("iss")
several = Category("several issuers", Setup.TWO_ISSUERS)

_NO_NAMES: dict[str, object] = {
    "null": None,
    "empty": "",
    "0": 0,
    "true": True,
    "an-object": {},
    "an-empty-array": [],
}

ROWS = (
    issuer.refused("iss-missing", issued(without=["iss"]), "an access token names its issuer (RFC 9068 §2.2)"),
    *(issuer.refused(f"iss-is-{name}", issued({"iss": value}), _SHAPE) for name, value in _NO_NAMES.items()),
    issuer.refused("iss-in-an-array", issued(lambda w: {"iss": [w.issuer]}), _SHAPE),
    *(
        issuer.refused(f"iss-{name}", changed_claim("iss", lambda w: w.issuer, change), _EXACT)
        for name, change in {
            "without-its-slash": lambda iss: iss.rstrip("/"),
            "with-two-slashes": lambda iss: f"{iss}/",
            "with-another-scheme": lambda iss: iss.replace("http", "ftp", 1),
            "with-http-and-https-swapped": lambda iss: (
                iss.replace("https:", "http:", 1) if iss.startswith("https:") else iss.replace("http:", "https:", 1)
            ),
            "in-upper-case": str.upper,
            "with-a-scheme-in-upper-case": lambda iss: f"HTTP{iss[4:]}",
            "with-a-path": lambda iss: f"{iss}other/",
            "with-a-query": lambda iss: f"{iss}?x",
            "with-a-fragment": lambda iss: f"{iss}#",
            "with-a-dot-segment": lambda iss: f"{iss}./",
            "with-a-space-at-its-end": lambda iss: f"{iss} ",
            "with-a-space-before": lambda iss: f" {iss}",
            "with-a-newline-at-its-end": lambda iss: f"{iss}\n",
            "with-NUL-at-its-end": lambda iss: f"{iss}\0",
            "with-a-dot-after-its-host": lambda iss: f"{iss.rstrip('/')}./",
            "with-a-user-before-of-its-host": lambda iss: iss.replace("://", "://user@", 1),
            "as-the-user-of-another-host": lambda iss: f"{iss.rstrip('/')}@attacker.example/",
            "as-the-beginning-of-another-host": lambda iss: f"{iss.rstrip('/')}.attacker.example/",
            "without-its-scheme": lambda iss: iss.partition("://")[2],
            "percent-encoded": lambda iss: iss.replace("/", "%2F"),
            "twice": lambda iss: f"{iss} {iss}",
            "without-its-first-letter": lambda iss: iss[1:],
        }.items()
    ),
    *(
        issuer.refused(f"iss-is-{name}", issued({"iss": value}), _ELSE)
        for name, value in {
            "another-tenant": "https://another.eu.auth0.com/",
            "another-region": "https://gatehouse.us.auth0.com/",
            "the-attackers": "https://attacker.example/",
            "Google's": "https://accounts.google.com",
            "a-wildcard": "*",
            "the-custom-domain-that-is-not-configured": SECOND_ISSUER,
        }.items()
    ),
    several.allowed("iss-of-the-tenant-itself-next-to-a-custom-domain", issued(), _CONFIGURED),
    several.allowed("iss-of-the-custom-domain", issued({"iss": SECOND_ISSUER}), _CONFIGURED),
    several.refused("iss-of-the-custom-domain-without-its-slash", issued({"iss": SECOND_ISSUER.rstrip("/")}), _EXACT),
    several.refused("iss-of-both-in-one-string", issued(lambda w: {"iss": f"{w.issuer} {SECOND_ISSUER}"}), _EXACT),
    several.refused("iss-of-both-in-an-array", issued(lambda w: {"iss": [w.issuer, SECOND_ISSUER]}), _SHAPE),
    several.refused("iss-of-a-third", issued({"iss": "https://third.example/"}), _ELSE),
    several.refused("iss-empty-next-to-two", issued({"iss": ""}), _ELSE),
)
