"""`crit`, `b64`, `zip`: members that change how a token is read. The issuer uses none, so all are refused."""

import zlib

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.jose import Members
from scripts.hostile_tokens.recipes import forged, issued, issued_octets, text
from scripts.hostile_tokens.scenario import Scenario

_CRITICAL = "an extension that is not understood refuses the token (RFC 7515 §4.1.11)"
_UNENCODED = "`b64` changes what is signed (RFC 7797 §3); access tokens are encoded (RFC 7797 §7)"
_COMPRESSED = "`zip` is for encryption (RFC 7516 §4.1.3); unpacking a stranger's data first is a risk (RFC 8725 §3.6)"

extensions = Category("crit, b64 and zip")

_CRITICAL_MEMBERS: dict[str, Members] = {
    "empty": {"crit": []},
    "null": {"crit": None},
    "of-exp": {"crit": ["exp"], "exp": 1},
    "of-alg": {"crit": ["alg"]},
    "of-kid": {"crit": ["kid"]},
    "of-an-unknown-name": {"crit": ["https://example.com/x"], "https://example.com/x": True},
    "of-an-absent-name": {"crit": ["absent"]},
    "of-an-empty-name": {"crit": [""]},
    "of-one-name-twice": {"crit": ["x", "x"], "x": 1},
    "of-a-number": {"crit": [1]},
    "as-a-string": {"crit": "b64"},
    "as-an-object": {"crit": {"b64": True}},
    "as-true": {"crit": True},
}

_B64_MEMBERS: dict[str, Members] = {
    "false-and-critical": {"crit": ["b64"], "b64": False},
    "true-and-critical": {"crit": ["b64"], "b64": True},
    "false": {"b64": False},
    "true": {"b64": True},
    "null": {"b64": None},
    "0": {"b64": 0},
}


def _unencoded(scenario: Scenario) -> str:
    """Return a token of RFC 7797 §3, with its claims unencoded between the dots."""
    header = {**scenario.header(), "b64": False, "crit": ["b64"]}
    return f"{jose.base64url(jose.object_text(header))}.{jose.object_text(scenario.claims()).decode()}.AA"


ROWS = (
    *(
        extensions.refused(f"crit-{name}", issued(header=members), _CRITICAL)
        for name, members in _CRITICAL_MEMBERS.items()
    ),
    *(extensions.refused(f"b64-{name}", issued(header=members), _UNENCODED) for name, members in _B64_MEMBERS.items()),
    extensions.refused(
        "b64-false-with-the-claims-as-they-are",
        text(_unencoded),
        _UNENCODED,
    ),
    extensions.refused("crit-by-the-attackers-key", forged(header={"crit": ["b64"], "b64": False}), _CRITICAL),
    *(
        extensions.refused(f"zip-{name}", issued(header={"zip": value}), _COMPRESSED)
        for name, value in {"DEF": "DEF", "def-in-lower-case": "def", "GZ": "GZ", "empty": "", "null": None}.items()
    ),
    extensions.refused(
        "claims-that-are-deflated",
        issued_octets(claims=lambda w: zlib.compress(jose.object_text(w.claims()))[2:-4]),
        "claims are JSON (RFC 7519 §7.2)",
    ),
    extensions.refused(
        "claims-that-unpack-to-a-megabyte",
        issued_octets(
            header=lambda w: jose.object_text({**w.header(), "zip": "DEF"}), claims=zlib.compress(b" " * 1_000_000)
        ),
        _COMPRESSED,
    ),
)
