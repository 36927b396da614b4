"""Other kinds of token, sent as access tokens: each is signed by the same key (RFC 8725 §2.8, §3.11)."""

from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import issued

_TYPE = "`typ` says that it is something else (RFC 8725 §3.11, RFC 9068 §4)"
_SHAPE = "`typ` is a media type as a string (RFC 7515 §4.1.9)"
_ID_TOKEN = "an ID token tells a client who signed in, and grants nothing (RFC 9068 §5, OpenID Connect Core §2)"  # noqa: S105
_LOGOUT = "a logout token ends a session, and grants nothing (OpenID Connect Back-Channel Logout §2.4)"
_BOUND = "a token that is bound to its sender's key is worth nothing as a Bearer token (RFC 7800 §3, RFC 9449 §7.2)"
_DELEGATED = "an actor's token is not the user's own (`act`, RFC 8693 §4.1), and nothing here tells the two apart"
_BOTH = "both of Auth0's dialects are understood (RFC 7519 §5.1, RFC 9068 §2.1)"

types = Category("other types of token")

_LOGOUT_EVENT: dict[str, object] = {"http://schemas.openid.net/event/backchannel-logout": {}}
_RFC_9068 = {"typ": "at+jwt"}
_REQUIRED = "its profile requires `client_id` and `jti` (RFC 9068 §2.2)"
_NO_NAMES: dict[str, object] = {"null": None, "empty": "", "0": 0, "true": True, "an-array": ["1"], "an-object": {}}


ROWS = (
    types.allowed("typ-missing", issued(without=["typ"]), "`typ` is optional in Auth0's own dialect (RFC 7519 §5.1)"),
    types.allowed("typ-JWT", issued(header={"typ": "JWT"}), _BOTH),
    types.allowed(
        "typ-at+jwt-as-RFC-9068-wants-it",
        issued(lambda w: {"client_id": w.client_id, "jti": "1"}, header=_RFC_9068, without=["azp"]),
        _BOTH,
    ),
    types.allowed(
        "typ-at+jwt-as-a-whole-media-type",
        issued(lambda w: {"client_id": w.client_id, "jti": "1"}, header={"typ": "application/at+jwt"}, without=["azp"]),
        "the prefix may be written out (RFC 7515 §4.1.9)",
    ),
    types.allowed(
        "typ-in-another-case",
        issued(lambda w: {"client_id": w.client_id, "jti": "1"}, header={"typ": "AT+JWT"}, without=["azp"]),
        "media types compare without case (RFC 7515 §4.1.9)",
    ),
    *(
        types.refused(f"typ-at+jwt-{name}", issued(claims, header=_RFC_9068, without=without), _REQUIRED)
        for name, claims, without in (
            ("without-jti", {"client_id": "spa"}, ["azp"]),
            ("without-client_id", {"jti": "1"}, []),
            ("without-client_id-and-azp", {"jti": "1"}, ["azp"]),
        )
    ),
    *(
        types.refused(f"jti-is-{name}", issued({"jti": value}), "`jti` is a filled string (RFC 7519 §4.1.7)")
        for name, value in _NO_NAMES.items()
    ),
    *(
        types.refused(f"typ-{name}", issued(header={"typ": typ}), _TYPE)
        for name, typ in {
            "of-an-ID-token": "id_token+jwt",
            "of-a-logout-token": "logout+jwt",
            "of-a-DPoP-proof": "dpop+jwt",
            "of-a-security-event": "secevent+jwt",
            "of-a-request-object": "oauth-authz-req+jwt",
            "of-an-introspection-answer": "token-introspection+jwt",
            "of-a-key-binding": "kb+jwt",
            "of-an-SD-JWT": "dc+sd-jwt",
            "of-a-credential": "vc+jwt",
            "of-a-federation-statement": "entity-statement+jwt",
            "of-a-client's-assertion": "client-authentication+jwt",
            "of-a-passport": "passport",
            "of-a-JWE": "JWE",
            "of-a-JWS-in-JSON": "JOSE+JSON",
            "of-a-JOSE-object": "JOSE",
            "empty": "",
            "at": "at",
            "at+jwt-and-more": "at+jwt+x",
            "at+jwt-with-a-parameter": "at+jwt; charset=utf-8",
            "at+jwt-of-another-media-type": "text/at+jwt",
            "JWT-and-a-space": "JWT ",
            "a-space-and-JWT": " JWT",
            "JWT-and-NUL": "JWT\0",
            "JWT-in-full-width": "\uff2a\uff37\uff34",
            "jwt-with-a-dotless-letter": "j\u0131wt",
            "JWT-and-at+jwt": "JWT, at+jwt",
        }.items()
    ),
    *(
        types.refused(f"typ-is-{name}", issued(header={"typ": typ}), _SHAPE)
        for name, typ in {"null": None, "0": 0, "true": True, "an-array": ["JWT"], "an-object": {"typ": "JWT"}}.items()
    ),
    types.refused(
        "an-ID-token-of-Auth0",
        issued(
            lambda w: {
                "aud": w.client_id,
                "nonce": "n-0S6_WzA2Mj",
                "name": "Ada",
                "email": "ada@example.com",
                "sid": "s",
            },
            without=["scope", "azp"],
        ),
        _ID_TOKEN,
    ),
    *(
        types.refused(f"an-access-token-with-{name}-of-an-ID-token", issued({name: value}), _ID_TOKEN)
        for name, value in {
            "nonce": "n-0S6_WzA2Mj",
            "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
            "c_hash": "LDktKdoQak3Pk0cnXxCltA",
            "s_hash": "LDktKdoQak3Pk0cnXxCltA",
        }.items()
    ),
    types.refused(
        "an-ID-token-whose-audience-is-the-API-too",
        issued(lambda w: {"aud": [w.client_id, w.audience], "nonce": "n"}),
        _ID_TOKEN,
    ),
    types.refused("nonce-null", issued({"nonce": None}), _ID_TOKEN),
    types.refused(
        "a-logout-token",
        issued({"events": _LOGOUT_EVENT, "jti": "1", "sid": "s"}, header={"typ": "logout+jwt"}, without=["scope"]),
        _LOGOUT,
    ),
    types.refused("a-logout-token-that-says-JWT", issued({"events": _LOGOUT_EVENT, "jti": "1"}), _LOGOUT),
    types.refused(
        "a-security-event-that-says-JWT",
        issued({"events": {"https://schemas.openid.net/secevent/caep/event-type/session-revoked": {}}}),
        "a security event grants nothing (RFC 8417 §2.2)",
    ),
    *(
        types.refused(f"act-{name}", issued({"act": value}), _DELEGATED)
        for name, value in {
            "of-an-agent": {"sub": "agent@clients"},
            "of-a-chain": {"sub": "a@clients", "act": {"sub": "b@clients"}},
            "null": None,
        }.items()
    ),
    *(
        types.refused(f"cnf-{name}", issued({"cnf": value}), _BOUND)
        for name, value in {
            "of-DPoP": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
            "of-a-certificate": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"},
            "of-a-key": {"jwk": {"kty": "RSA"}},
            "empty": {},
            "null": None,
            "as-a-string": "none",
        }.items()
    ),
)
