"""Three segments of base64url, separated by dots (RFC 7515 §7.1); every other form of token is refused."""

import base64
import json
from collections.abc import Callable

from joserfc import jwe
from joserfc.jwk import RSAKey

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import bare_header, issued, issued_octets, tampered, text
from scripts.hostile_tokens.scenario import Scenario

_COMPACT = "a JWS in compact serialisation has three segments (RFC 7515 §7.1)"
_ENCRYPTED = "a JWE is no JWS, and encryption to a public key proves no sender (RFC 7519 §11.2)"
_JSON = "the JSON serialisation is for no Bearer token (RFC 7519 §3, RFC 6750 §2.1)"
_NESTED = "a nested JWT would be read as something else than what was signed (RFC 8725 §2.3)"
_OTHER_FORMAT = "another format of token"

serialisation = Category("JWE, JSON serialisation and other shapes")


def _jwe(scenario: Scenario) -> str:
    """A token that the attacker encrypted to the issuer's public key."""
    key = RSAKey.import_key({name: str(scenario.key_set[0][name]) for name in ("kty", "n", "e")})
    header = {"alg": "RSA-OAEP", "enc": "A256GCM", "typ": "JWT", "kid": scenario.kid}
    return jwe.encrypt_compact(header, jose.object_text(scenario.claims()), key)


def _general(_: Scenario, header: str, claims: str, signature: str) -> str:
    signatures = [{"protected": header, "signature": signature}]
    return json.dumps({"payload": claims, "signatures": signatures}, separators=(",", ":"))


def _flattened(_: Scenario, header: str, claims: str, signature: str) -> str:
    return json.dumps({"protected": header, "payload": claims, "signature": signature}, separators=(",", ":"))


_SEGMENTS: dict[str, Callable[[Scenario, str, str, str], str]] = {
    "one-segment": lambda _w, header, _c, _s: header,
    "two-segments": lambda _w, header, claims, _: f"{header}.{claims}",
    "three-segments-with-the-last-empty": lambda _w, header, claims, _: f"{header}.{claims}.",
    "four-segments": lambda _w, header, claims, signature: f"{header}.{claims}.{signature}.AAAA",
    "four-segments-with-the-last-empty": lambda _w, header, claims, signature: f"{header}.{claims}.{signature}.",
    "six-segments": lambda _w, *parts: ".".join([*parts, *parts]),
    "an-empty-header": lambda _w, _h, claims, signature: f".{claims}.{signature}",
    "a-detached-payload": lambda _w, header, _c, signature: f"{header}..{signature}",
    "an-empty-segment-between": lambda _w, header, claims, signature: f"{header}..{claims}.{signature}",
    "segments-in-another-order": lambda _w, header, claims, signature: f"{claims}.{header}.{signature}",
    "commas-for-dots": lambda _w, *parts: ",".join(parts),
    "colons-for-dots": lambda _w, *parts: ":".join(parts),
    "percent-encoded-dots": lambda _w, *parts: "%2E".join(parts),
    "double-dots": lambda _w, *parts: "..".join(parts),
    "a-tilde-as-of-an-SD-JWT": lambda _w, *parts: f"{'.'.join(parts)}~",
    "the-signature-before": lambda _w, header, claims, signature: f"{signature}.{header}.{claims}",
}

ROWS = (
    *(serialisation.refused(name, tampered(change), _COMPACT) for name, change in _SEGMENTS.items()),
    serialisation.refused("only-dots", text(lambda _: ".."), _COMPACT),
    serialisation.refused("JWE-encrypted-to-the-issuers-public-key", text(_jwe), _ENCRYPTED),
    serialisation.refused("JWE-cut-to-three-segments", text(lambda w: ".".join(_jwe(w).split(".")[:3])), _ENCRYPTED),
    serialisation.refused("header-of-a-JWE-on-a-token-of-the-issuer", issued(header={"enc": "A256GCM"}), _ENCRYPTED),
    serialisation.refused("JSON-serialisation-general", tampered(_general), _JSON),
    serialisation.refused(
        "JSON-serialisation-flattened",
        tampered(_flattened),
        _JSON,
    ),
    serialisation.refused(
        "JSON-serialisation-in-base64url",
        tampered(lambda w, *parts: jose.base64url(_general(w, *parts).encode())),
        _JSON,
    ),
    serialisation.refused("nested-JWT-announced", issued(header={"cty": "JWT"}), _NESTED),
    serialisation.refused("nested-JWT-of-media-type-announced", issued(header={"cty": "application/jwt"}), _NESTED),
    serialisation.refused(
        "claims-that-are-a-good-token", issued_octets(claims=lambda w: w.good_token().encode()), _NESTED
    ),
    serialisation.refused(
        "opaque-token-as-Auth0-gives-without-an-audience",
        text(lambda _: "kXo0FpXwQh4s1y2u8v3b7n6m5l4k3j2h"),
        _OTHER_FORMAT,
    ),
    serialisation.refused(
        "PASETO", text(lambda w: f"v4.public.{jose.base64url(jose.object_text(w.claims()))}"), _OTHER_FORMAT
    ),
    serialisation.refused(
        "SAML-assertion-in-base64", text(lambda _: base64.b64encode(b"<saml:Assertion/>").decode()), _OTHER_FORMAT
    ),
    serialisation.refused(
        "AWS-signature",
        bare_header("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20270115/eu-west-1/execute-api/aws4_request, Signature=0"),
        _OTHER_FORMAT,
    ),
    serialisation.refused(
        "claims-alone-in-base64url", text(lambda w: jose.base64url(jose.object_text(w.claims()))), _OTHER_FORMAT
    ),
)
