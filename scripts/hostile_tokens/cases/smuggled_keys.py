"""Keys inside the token: only the issuer's own key set proves the issuer (RFC 8725 §3.10)."""

import datetime
import hashlib
from base64 import b64encode
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from scripts.hostile_tokens.case import Category, Recipe
from scripts.hostile_tokens.jose import base64url, public_jwk
from scripts.hostile_tokens.recipes import forged, issued
from scripts.hostile_tokens.scenario import ELSEWHERE, Scenario

_BROUGHT = "a key that comes with the message proves only that its sender has a key (RFC 7515 §10.3, RFC 8725 §3.10)"
_FETCHED = "an address in the token would let its sender choose the key, and what we fetch (RFC 8725 §3.10)"
_NEVER_USED = "the issuer sends no such parameter, so a token with one is not the issuer's own making"

smuggled = Category("keys smuggled in the header")


def _jwk(scenario: Scenario) -> dict[str, object]:
    return public_jwk(scenario.attacker_key.public_key(), kid="attacker")


def _certificate(scenario: Scenario) -> bytes:
    """Return a certificate that the attacker signed for themselves, with the issuer's host as its name."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gatehouse")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, scenario.attacker_key.public_key(), 1, begin, begin.replace(year=2036)
    )
    return builder.sign(scenario.attacker_key, SHA256()).public_bytes(Encoding.DER)


def _with(name: str, value: Callable[[Scenario], object], **more: object) -> Recipe:
    return forged(header=lambda w: {name: value(w), **more})


ROWS = (
    smuggled.refused("jwk-of-the-attacker-named-by-kid", _with("jwk", _jwk, kid="attacker"), _BROUGHT),
    smuggled.refused(
        "jwk-of-the-attacker-under-the-issuers-kid", _with("jwk", lambda w: {**_jwk(w), "kid": w.kid}), _BROUGHT
    ),
    smuggled.refused(
        "jwk-of-the-attacker-and-no-kid", forged(header=lambda w: {"jwk": _jwk(w)}, without=["kid"]), _BROUGHT
    ),
    smuggled.refused("jwk-as-JSON-in-a-string", _with("jwk", lambda w: str(_jwk(w))), _BROUGHT),
    smuggled.refused(
        "jwk-that-is-a-symmetric-key", _with("jwk", lambda _: {"kty": "oct", "k": "AA"}, alg="HS256"), _BROUGHT
    ),
    smuggled.refused("jwk-that-is-empty", _with("jwk", lambda _: {}), _BROUGHT),
    smuggled.refused(
        "jwk-of-the-issuer-on-a-token-of-the-issuer", issued(header=lambda w: {"jwk": dict(w.key_set[0])}), _NEVER_USED
    ),
    smuggled.refused("jwk-null-on-a-token-of-the-issuer", issued(header={"jwk": None}), _NEVER_USED),
    *(
        smuggled.refused(f"jku-to-{name}", _with("jku", url, kid="attacker"), _FETCHED)
        for name, url in {
            "the-attacker": lambda _: f"{ELSEWHERE}/jwks.json",
            "a-host-that-begins-like-the-issuer": lambda w: f"{w.issuer.rstrip('/')}.attacker.example/jwks.json",
            "the-issuer-as-user-of-the-attackers-host": lambda w: f"{w.issuer.rstrip('/')}@attacker.example/jwks.json",
            "an-open-redirect-of-the-issuer": lambda w: f"{w.issuer}logout?returnTo={ELSEWHERE}/jwks.json",
            "the-issuer-through-a-traversal": lambda w: f"{w.issuer}.well-known/../../attacker/jwks.json",
            "the-instance-metadata": lambda _: "http://169.254.169.254/latest/meta-data/",
            "the-Lambda-runtime": lambda _: "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
            "a-file": lambda _: "file:///var/task/authorizer/access_model.json",
            "its-own-data": lambda _: "data:application/json,{}",
        }.items()
    ),
    smuggled.refused(
        "jku-of-the-issuer-on-a-token-of-the-issuer",
        issued(header=lambda w: {"jku": f"{w.issuer}.well-known/jwks.json"}),
        _NEVER_USED,
    ),
    smuggled.refused("x5u-to-the-attacker", _with("x5u", lambda _: f"{ELSEWHERE}/chain.pem", kid="attacker"), _FETCHED),
    smuggled.refused(
        "x5u-of-the-issuer-on-a-token-of-the-issuer", issued(header=lambda w: {"x5u": f"{w.issuer}pem"}), _NEVER_USED
    ),
    smuggled.refused(
        "x5c-with-a-certificate-of-the-attacker",
        _with("x5c", lambda w: [b64encode(_certificate(w)).decode()]),
        _BROUGHT,
    ),
    smuggled.refused(
        "x5c-and-no-kid",
        forged(header=lambda w: {"x5c": [b64encode(_certificate(w)).decode()]}, without=["kid"]),
        _BROUGHT,
    ),
    smuggled.refused("x5c-as-one-string", _with("x5c", lambda w: b64encode(_certificate(w)).decode()), _BROUGHT),
    smuggled.refused("x5c-that-is-empty", _with("x5c", lambda _: []), _BROUGHT),
    smuggled.refused("x5c-of-no-certificate-on-a-token-of-the-issuer", issued(header={"x5c": ["MIIB"]}), _NEVER_USED),
    smuggled.refused(
        "x5c-on-a-token-of-the-issuer",
        issued(header=lambda w: {"x5c": [b64encode(_certificate(w)).decode()]}),
        _NEVER_USED,
    ),
    smuggled.refused(
        "x5t-of-a-certificate-of-the-attacker-and-no-kid",
        forged(header=lambda w: {"x5t#S256": base64url(hashlib.sha256(_certificate(w)).digest())}, without=["kid"]),
        "keys are found by `kid` alone",
    ),
    smuggled.refused(
        "sub_jwk-of-a-self-issued-token",
        forged(lambda w: {"iss": "https://self-issued.me", "sub_jwk": _jwk(w)}),
        "nobody vouches for a self-issued token (OpenID Connect Core §7)",
    ),
    smuggled.refused(
        "cnf-with-the-attackers-key",
        forged(lambda w: {"cnf": {"jwk": _jwk(w)}}),
        "a claim is no source of keys (RFC 7800 §3)",
    ),
)
