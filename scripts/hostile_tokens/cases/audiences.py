"""`aud`: has to name this API exactly, alone or in an array (RFC 7519 §4.1.3, RFC 9068 §4)."""

from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import changed_claim, issued

_ELSE = "it is for somebody else, and would be replayed here (RFC 8725 §3.9)"
_EXACT = "audiences compare exactly, as strings (RFC 7519 §4.1.3, §2)"
_SHAPE = "`aud` is a string or an array of strings (RFC 7519 §4.1.3)"

audience = Category("aud")

ROWS = (
    audience.allowed(
        "aud-alone-as-a-string",
        issued(lambda w: {"aud": w.audience}),
        "one audience may stand without an array (RFC 7519 §4.1.3)",
    ),
    audience.allowed(
        "aud-alone-in-an-array", issued(lambda w: {"aud": [w.audience]}), "an array of one (RFC 7519 §4.1.3)"
    ),
    audience.allowed(
        "aud-next-to-userinfo",
        issued(lambda w: {"aud": [w.audience, f"{w.issuer}userinfo"]}),
        "what Auth0 issues when `openid` is asked for too",
    ),
    audience.allowed(
        "aud-after-others",
        issued(lambda w: {"aud": ["a", "b", w.audience]}),
        "any member may be the one (RFC 7519 §4.1.3)",
    ),
    audience.refused("aud-missing", issued(without=["aud"]), "an access token names its API (RFC 9068 §2.2)"),
    *(
        audience.refused(f"aud-is-{name}", issued({"aud": value}), _SHAPE)
        for name, value in {
            "null": None,
            "empty": "",
            "an-empty-array": [],
            "an-array-of-null": [None],
            "an-array-of-an-empty-string": [""],
            "0": 0,
            "true": True,
        }.items()
    ),
    audience.refused("aud-as-a-member-of-an-object", issued(lambda w: {"aud": {w.audience: True}}), _SHAPE),
    audience.refused("aud-in-an-array-in-an-array", issued(lambda w: {"aud": [[w.audience]]}), _SHAPE),
    audience.refused("aud-next-to-a-number", issued(lambda w: {"aud": [w.audience, 1]}), _SHAPE),
    audience.refused("aud-next-to-null", issued(lambda w: {"aud": [None, w.audience]}), _SHAPE),
    *(
        audience.refused(f"aud-{name}", changed_claim("aud", lambda w: w.audience, change), _EXACT)
        for name, change in {
            "in-upper-case": str.upper,
            "in-lower-case": str.lower,
            "with-a-slash-at-its-end": lambda aud: f"{aud}/",
            "with-more-at-its-end": lambda aud: f"{aud}s",
            "without-its-last-letter": lambda aud: aud[:-1],
            "without-its-first-letter": lambda aud: aud[1:],
            "with-a-space-at-its-end": lambda aud: f"{aud} ",
            "with-a-space-before": lambda aud: f" {aud}",
            "with-a-newline-at-its-end": lambda aud: f"{aud}\n",
            "with-NUL-at-its-end": lambda aud: f"{aud}\0",
            "with-another-host-after": lambda aud: f"{aud}.attacker.example",
            "with-the-default-port": lambda aud: f"{aud}:443",
            "with-a-fragment": lambda aud: f"{aud}#x",
            "with-a-query": lambda aud: f"{aud}?x",
            "twice-in-one-string": lambda aud: f"{aud} {aud}",
            "with-others-in-one-string": lambda aud: f"a,{aud},b",
            "as-JSON-in-a-string": lambda aud: f'["{aud}"]',
            "with-http-for-https": lambda aud: (
                aud.replace("https:", "http:", 1) if aud.startswith("https:") else f"http:{aud}"
            ),
        }.items()
    ),
    *(
        audience.refused(f"aud-is-{name}", issued({"aud": value}), _ELSE)
        for name, value in {
            "another-API": "https://another-api.example",
            "a-wildcard": "*",
            "a-wildcard-for-https": "https://*",
            "an-array-of-others": ["a", "b"],
        }.items()
    ),
    audience.refused("aud-is-userinfo-alone", issued(lambda w: {"aud": f"{w.issuer}userinfo"}), _ELSE),
    audience.refused("aud-is-the-Management-API", issued(lambda w: {"aud": f"{w.issuer}api/v2/"}), _ELSE),
    audience.refused(
        "aud-is-the-client",
        issued(lambda w: {"aud": w.client_id}),
        "that is an ID token's audience (OpenID Connect Core §2)",
    ),
    audience.refused("aud-is-the-issuer", issued(lambda w: {"aud": w.issuer}), _ELSE),
    audience.refused(
        "aud-in-a-claim-of-another-name",
        issued(lambda w: {"audience": w.audience, "resource": w.audience}, without=["aud"]),
        "only `aud` names the audience (RFC 7519 §4.1.3)",
    ),
)
