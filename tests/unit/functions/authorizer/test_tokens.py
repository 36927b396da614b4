"""Good tokens pass; the right check refuses every kind of hostile or broken token."""

import base64
import json
import traceback
from collections.abc import Callable
from typing import Any

import joserfc.jwt
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey

from authorizer import errors
from authorizer.tokens import Examined, Verifier

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import
type Attack = tuple[Callable[[Workshop], str], type[errors.TokenError]]

PUBLIC_KEY_DISGUISES: dict[str, Callable[[Workshop], bytes]] = {
    "pem": lambda w: public(w, Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "pem-without-last-newline": lambda w: public(w, Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).rstrip(),
    "pkcs1-pem": lambda w: public(w, Encoding.PEM, PublicFormat.PKCS1),
    "der": lambda w: public(w, Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "pkcs1-der": lambda w: public(w, Encoding.DER, PublicFormat.PKCS1),
    "ssh": lambda w: public(w, Encoding.OpenSSH, PublicFormat.OpenSSH),
    "jwk": lambda w: json.dumps(w.jwk(w.key, "key-1")).encode(),
    "modulus": lambda w: w.jwk(w.key, "key-1")["n"].encode(),
    "jwk-set": lambda w: w.jwks,
    "nothing": lambda w: b"",
}


def public(w: Workshop, encoding: Encoding, form: PublicFormat) -> bytes:
    octets: bytes = w.key.public_key().public_bytes(encoding, form)
    return octets


def unsigned(_signed: bytes) -> bytes:
    return b""


def with_algorithm(algorithm: Any, sign: Callable[[bytes], bytes] = unsigned) -> Attack:
    return (lambda w: w.join(w.header(alg=algorithm), w.claims(), sign)), errors.AlgorithmError


def with_header(error: type[errors.TokenError], **members: Any) -> Attack:
    return (lambda w: w.token(header=members)), error


def with_raw_header(raw: bytes, error: type[errors.TokenError] = errors.MalformedTokenError) -> Attack:
    return (lambda w: w.token(header=raw)), error


def with_claims(error: type[errors.TokenError], **members: Any) -> Attack:
    return (lambda w: w.token(claims=members)), error


def as_rfc9068_machine(**members: Any) -> Attack:
    claims = {"sub": "spa-client-id@clients", "client_id": "spa-client-id", "jti": "1"} | members
    return (lambda w: w.token(header={"typ": "at+jwt"}, claims=claims)), errors.MachineTokenError


def with_raw_claims(raw: bytes, error: type[errors.TokenError] = errors.MalformedTokenError) -> Attack:
    return (lambda w: w.token(claims=raw)), error


def changed(change: Callable[[Workshop, list[str]], list[str]], error: type[errors.TokenError]) -> Attack:
    return (lambda w: ".".join(change(w, w.token().split(".")))), error


def es256(signed: bytes) -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).sign(signed, ec.ECDSA(SHA256()))


def pss(w: Workshop) -> Callable[[bytes], bytes]:
    return lambda signed: w.key.sign(signed, PSS(MGF1(SHA256()), 32), SHA256())


def flip(segment: str, position: int) -> str:
    return segment[:position] + ("A" if segment[position] != "A" else "B") + segment[position + 1 :]


def last_bits_set(segment: str) -> str:
    """Return another spelling of the same octets: the bits after the last octet are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(segment) % 4
    return segment[:-1] + alphabet[alphabet.index(segment[-1]) | 1]


def respell(w: Workshop, index: int, change: Callable[[str], str]) -> str:
    """Change one segment and sign the result again, so that only the spelling is wrong."""
    tokens = (w.token(header={"pad": "x" * size}, claims={"pad": "x" * size}).split(".") for size in range(3))
    parts = next(parts for parts in tokens if len(parts[index]) % 4)  # a segment that could have padding
    parts[index] = change(parts[index])
    if index < 2:
        parts[2] = w.b64(w.rsa()(f"{parts[0]}.{parts[1]}".encode()))
    return ".".join(parts)


def respelled(index: int, change: Callable[[str], str], error: type[errors.TokenError]) -> Attack:
    return (lambda w: respell(w, index, change)), error


ALGORITHMS: dict[str, Attack] = {
    **{f"alg-{name!r}": with_algorithm(name) for name in ("none", "None", "NONE", "nOnE", "none ", "", "null")},
    **{f"alg-is-{value!r}": with_algorithm(value) for value in (None, 0, True, ["RS256"], {"RS256": 1}, 1.5)},
    **{f"alg-spelled-{name!r}": with_algorithm(name) for name in ("rs256", "Rs256", "RS256 ", "RS256\x00", "RSA256")},
    "alg-missing": ((lambda w: w.token(without=["alg"])), errors.AlgorithmError),
    "none-with-the-issuers-signature": ((lambda w: w.token(header={"alg": "none"})), errors.AlgorithmError),
    "rs384-by-the-issuer": (
        (lambda w: w.join(w.header(alg="RS384"), w.claims(), w.rsa(algorithm="RS384"))),
        errors.AlgorithmError,
    ),
    "rs512-by-the-issuer": (
        (lambda w: w.join(w.header(alg="RS512"), w.claims(), w.rsa(algorithm="RS512"))),
        errors.AlgorithmError,
    ),
    "ps256-by-the-issuer": ((lambda w: w.join(w.header(alg="PS256"), w.claims(), pss(w))), errors.AlgorithmError),
    "rs512-signature-called-rs256": (
        (lambda w: w.join(w.header(), w.claims(), w.rsa(algorithm="RS512"))),
        errors.SignatureError,
    ),
    "pss-signature-called-rs256": ((lambda w: w.join(w.header(), w.claims(), pss(w))), errors.SignatureError),
    "es256": with_algorithm("ES256", es256),
    "es256-of-zeros": with_algorithm("ES256", lambda _: bytes(64)),
    "es384-of-zeros": with_algorithm("ES384", lambda _: bytes(96)),
    "es256-of-zeros-in-der": with_algorithm("ES256", lambda _: bytes.fromhex("3006020100020100")),
    "eddsa-of-zeros": with_algorithm("EdDSA", lambda _: bytes(64)),
    "es256-signature-called-rs256": ((lambda w: w.join(w.header(), w.claims(), es256)), errors.SignatureError),
}
for disguise, secret in PUBLIC_KEY_DISGUISES.items():
    for bits in ("256", "384", "512"):
        ALGORITHMS[f"hs{bits}-with-public-key-as-{disguise}"] = (
            lambda w, secret=secret, bits=bits: w.join(  # type: ignore[misc]
                w.header(alg=f"HS{bits}"), w.claims(), w.hmac(secret(w), f"sha{bits}")
            ),
            errors.AlgorithmError,
        )
    ALGORITHMS[f"hmac-with-public-key-as-{disguise}-called-rs256"] = (
        lambda w, secret=secret: w.join(w.header(), w.claims(), w.hmac(secret(w))),  # type: ignore[misc]
        errors.SignatureError,
    )


def smuggled(parameter: str, value: Callable[[Workshop], Any]) -> Attack:
    """Sign with the attacker's key, and put that key into the header."""
    return (
        (lambda w: w.token(header={"kid": "attacker", parameter: value(w)}, key=w.weak_key)),
        errors.HeaderParameterError,
    )


HEADERS: dict[str, Attack] = {
    "jwk-of-the-attacker": smuggled("jwk", lambda w: w.jwk(w.weak_key, "attacker")),
    "jwk-of-the-issuer": ((lambda w: w.token(header={"jwk": w.jwk(w.key, "key-1")})), errors.TokenTooLargeError),
    "jku": smuggled("jku", lambda w: "https://attacker.example/jwks.json"),
    "jku-at-the-issuer": smuggled("jku", lambda w: f"{w.issuer}.well-known/jwks.json"),
    "x5u": smuggled("x5u", lambda w: "https://attacker.example/chain.pem"),
    "x5c": smuggled("x5c", lambda w: ["MIIC"]),
    "jwk-null": with_header(errors.HeaderParameterError, jwk=None),
    "crit-empty": with_header(errors.HeaderParameterError, crit=[]),
    "crit-b64": with_header(errors.HeaderParameterError, crit=["b64"], b64=False),
    "crit-exp": with_header(errors.HeaderParameterError, crit=["exp"], exp=1),
    "crit-unknown": with_header(errors.HeaderParameterError, crit=["https://example.com/x"]),
    "crit-of-wrong-type": with_header(errors.HeaderParameterError, crit="b64"),
    "b64-false": with_header(errors.HeaderParameterError, b64=False),
    "b64-true": with_header(errors.HeaderParameterError, b64=True),
    "zip": with_header(errors.HeaderParameterError, zip="DEF"),
    "enc": with_header(errors.HeaderParameterError, enc="A256GCM"),
    "nested-jwt": with_header(errors.HeaderParameterError, cty="JWT"),
    "typ-id-token": with_header(errors.TokenTypeError, typ="id_token"),
    "typ-logout": with_header(errors.TokenTypeError, typ="logout+jwt"),
    "typ-dpop": with_header(errors.TokenTypeError, typ="dpop+jwt"),
    "typ-security-event": with_header(errors.TokenTypeError, typ="secevent+jwt"),
    "typ-request-object": with_header(errors.TokenTypeError, typ="oauth-authz-req+jwt"),
    "typ-empty": with_header(errors.TokenTypeError, typ=""),
    "typ-with-space": with_header(errors.TokenTypeError, typ="JWT "),
    "typ-null": with_header(errors.TokenTypeError, typ=None),
    "typ-array": with_header(errors.TokenTypeError, typ=["JWT"]),
    "typ-number": with_header(errors.TokenTypeError, typ=1),
    "kid-missing": ((lambda w: w.token(without=["kid"])), errors.KeyIdError),
    "kid-null": with_header(errors.KeyIdError, kid=None),
    "kid-empty": with_header(errors.KeyIdError, kid=""),
    "kid-number": with_header(errors.KeyIdError, kid=1),
    "kid-true": with_header(errors.KeyIdError, kid=True),
    "kid-array": with_header(errors.KeyIdError, kid=["key-1"]),
    "kid-object": with_header(errors.KeyIdError, kid={"key-1": "key-1"}),
    "kid-huge": with_header(errors.KeyIdError, kid="k" * 300),
    "kid-traversal": with_header(errors.KeyIdError, kid="../../../../dev/null"),
    "kid-sql": with_header(errors.KeyIdError, kid="x' UNION SELECT 'secret' --"),
    "kid-command": with_header(errors.KeyIdError, kid="| /bin/true"),
    "kid-url": with_header(errors.KeyIdError, kid="https://attacker.example/key"),
    "kid-nul": with_header(errors.KeyIdError, kid="key-1\x00"),
    "kid-surrogate": with_raw_header(b'{"alg":"RS256","kid":"\\ud800"}', errors.KeyIdError),
    "kid-other-case": with_header(errors.UnknownKeyError, kid="KEY-1"),
    "kid-with-space": with_header(errors.KeyIdError, kid="key-1 "),
    "kid-dunder": with_header(errors.UnknownKeyError, kid="__class__"),
    "kid-of-another-tenant": with_header(errors.UnknownKeyError, kid="V1StGXR8_Z5jdHi6B-myT"),
    "kid-of-65-characters": with_header(errors.KeyIdError, kid="k" * 65),
    "kid-with-an-e-mail-address": with_header(errors.KeyIdError, kid="someone@example.com"),
    "header-of-many-empty-objects": with_raw_header(b'{"alg":[' + b"{}," * 100 + b"{}]}", errors.TokenTooLargeError),
    "kid-of-another-key": with_header(errors.SignatureError, kid="key-2"),
    "key-of-1024-bits": ((lambda w: w.token(header={"kid": "weak"}, key=w.weak_key)), errors.UnknownKeyError),
    "key-for-encryption": (
        (lambda w: w.token(header={"kid": "encryption"}, key=w.encryption_key)),
        errors.UnknownKeyError,
    ),
}

SHAPES: dict[str, Attack] = {
    "two-segments": ((lambda w: w.token().rsplit(".", 1)[0]), errors.MalformedTokenError),
    "four-segments": ((lambda w: w.token() + ".AAAA"), errors.MalformedTokenError),
    "jwe-of-five": ((lambda w: "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d"), errors.MalformedTokenError),
    "one-segment": ((lambda w: "opaque-token-of-auth0"), errors.MalformedTokenError),
    "only-dots": ((lambda w: ".."), errors.MalformedTokenError),
    "empty": ((lambda w: ""), errors.MalformedTokenError),
    "json-serialisation": (
        (lambda w: json.dumps(dict(zip(("protected", "payload", "signature"), w.token().split("."), strict=True)))),
        errors.MalformedTokenError,
    ),
    "detached-payload": changed(lambda _, p: [p[0], "", p[2]], errors.MalformedTokenError),
    "no-header": changed(lambda _, p: ["", p[1], p[2]], errors.MalformedTokenError),
    "no-signature": changed(lambda _, p: [p[0], p[1], ""], errors.SignatureError),
    "not-ascii": changed(lambda _, p: [p[0], p[1], "é" + p[2][1:]], errors.MalformedTokenError),
    "fullwidth-dot": ((lambda w: w.token().replace(".", "。")), errors.MalformedTokenError),
    "surrogate": changed(lambda _, p: [p[0], p[1], "\ud800"], errors.MalformedTokenError),
    "newline-inside": respelled(1, lambda s: s[:8] + "\n" + s[8:], errors.MalformedTokenError),
    "space-inside": respelled(1, lambda s: s[:8] + " " + s[8:], errors.MalformedTokenError),
    "nul-inside": respelled(2, lambda s: s[:8] + "\x00" + s[8:], errors.MalformedTokenError),
    **{
        f"{what}-{name}": respelled(index, change, errors.MalformedTokenError)
        for index, name in enumerate(("header", "claims"))
        for what, change in {
            "padded": lambda s: s + "=" * (-len(s) % 4),
            "padded-too-much": lambda s: s + "====",
            "loose-bits-in": last_bits_set,
            "one-character-too-many-in": lambda s: s + "A" * (5 - len(s) % 4),
            "trailing-bytes-behind": lambda s: s + "==AAAA",
            "quote-in": lambda s: s + "'",
        }.items()
    },
    "padded-signature": respelled(2, lambda s: s + "==", errors.MalformedTokenError),
    "signature-with-loose-bits": respelled(2, last_bits_set, errors.MalformedTokenError),
    "signature-in-standard-alphabet": (
        (lambda w: standard_alphabet(w)),
        errors.MalformedTokenError,
    ),
    "signature-with-junk": respelled(2, lambda s: s + "!!", errors.MalformedTokenError),
    "signature-with-comment": respelled(2, lambda s: s + "#", errors.MalformedTokenError),
    "token-beyond-the-limit": with_claims(errors.TokenTooLargeError, pad="x" * 8_000),
    "token-of-a-megabyte": ((lambda w: "A" * 1_000_000), errors.TokenTooLargeError),
    "header-beyond-the-limit": with_header(errors.TokenTooLargeError, pad="x" * 1_000),
}


def standard_alphabet(w: Workshop) -> str:
    for number in range(100):
        head, signature = w.token(claims={"jti": str(number)}).rsplit(".", 1)
        if "-" in signature or "_" in signature:
            return f"{head}.{signature.replace('-', '+').replace('_', '/')}"
    raise AssertionError("342 characters hold a - or a _")


GOOD_HEADER = b'{"alg":"RS256","typ":"JWT","kid":"key-1"'
JSON: dict[str, Attack] = {
    "header-with-two-algs": with_raw_header(GOOD_HEADER + b',"alg":"none"}'),
    "header-with-two-equal-kids": with_raw_header(GOOD_HEADER + b',"kid":"key-1"}'),
    "header-with-escaped-duplicate": with_raw_header(GOOD_HEADER + b',"\\u0061lg":"RS256"}'),
    "header-array": with_raw_header(b'["RS256"]'),
    "header-string": with_raw_header(b'"RS256"'),
    "header-null": with_raw_header(b"null"),
    "header-cut": with_raw_header(GOOD_HEADER),
    "header-with-trailing-text": with_raw_header(GOOD_HEADER + b"}}"),
    "header-with-trailing-comma": with_raw_header(GOOD_HEADER + b",}"),
    "header-bom": with_raw_header(b"\xef\xbb\xbf" + GOOD_HEADER + b"}"),
    "header-utf-16": with_raw_header((GOOD_HEADER + b"}").decode().encode("utf-16")),
    "header-utf-16-without-bom": with_raw_header((GOOD_HEADER + b"}").decode().encode("utf-16-le")),
    "header-latin-1": with_raw_header(GOOD_HEADER + ',"x":"é"}'.encode("latin-1")),
    "header-single-quotes": with_raw_header(b"{'alg':'RS256','kid':'key-1'}"),
    "header-nan": with_raw_header(GOOD_HEADER + b',"x":NaN}'),
    "header-raw-control-character": with_raw_header(GOOD_HEADER + b',"x":"\n"}'),
    "claims-array": with_raw_claims(b"[]"),
    "claims-number": with_raw_claims(b"1"),
    "claims-no-json": with_raw_claims(b"\xff\xfe\xfd"),
    "claims-blank": with_raw_claims(b" "),
    "claims-utf-16": with_raw_claims('{"sub":"x"}'.encode("utf-16")),
    "claims-utf-32": with_raw_claims('{"sub":"x"}'.encode("utf-32")),
    "claims-bom": ((lambda w: w.token(claims=b"\xef\xbb\xbf" + claims_json(w))), errors.MalformedTokenError),
    "claims-two-subs": (
        (lambda w: w.token(claims=duplicated(w, "sub", "google-oauth2|1"))),
        errors.MalformedTokenError,
    ),
    "claims-two-exps": ((lambda w: w.token(claims=duplicated(w, "exp", 9_999_999_999))), errors.MalformedTokenError),
    "claims-two-members-deep-inside": (
        (lambda w: w.token(claims=claims_json(w)[:-1] + b',"x":[{"a":1,"a":2}]}')),
        errors.MalformedTokenError,
    ),
    "claims-infinity": (
        (lambda w: w.token(claims=claims_json(w)[:-1] + b',"x":-Infinity}')),
        errors.MalformedTokenError,
    ),
    "claims-number-of-5000-digits": (
        (lambda w: w.token(claims=claims_json(w)[:-1] + b',"x":' + b"9" * 5_000 + b"}")),
        errors.MalformedTokenError,
    ),
    "claims-nested-arrays": with_raw_claims(b"[" * 5_000 + b"]" * 500),
    "claims-nested-objects": with_raw_claims(b'{"a":' * 1_100),
}


def claims_json(w: Workshop) -> bytes:
    return json.dumps(w.claims()).encode()


def duplicated(w: Workshop, name: str, value: Any) -> bytes:
    return claims_json(w)[:-1] + f',"{name}":{json.dumps(value)}}}'.encode()


SIGNATURES: dict[str, Attack] = {
    "cut": changed(lambda w, p: [p[0], p[1], w.b64(bytes(200))], errors.SignatureError),
    "one-octet-short": (
        (lambda w: w.join(w.header(), w.claims(), lambda s: w.rsa()(s)[:-1])),
        errors.SignatureError,
    ),
    "one-octet-long": (
        (lambda w: w.join(w.header(), w.claims(), lambda s: w.rsa()(s) + b"\x00")),
        errors.SignatureError,
    ),
    "leading-zero-octet": (
        (lambda w: w.join(w.header(), w.claims(), lambda s: b"\x00" + w.rsa()(s))),
        errors.SignatureError,
    ),
    "zeros": changed(lambda w, p: [p[0], p[1], w.b64(bytes(256))], errors.SignatureError),
    "ones": changed(lambda w, p: [p[0], p[1], w.b64(b"\xff" * 256)], errors.SignatureError),
    "one": changed(lambda w, p: [p[0], p[1], w.b64(bytes(255) + b"\x01")], errors.SignatureError),
    "flipped-bit": changed(lambda _, p: [p[0], p[1], flip(p[2], 40)], errors.SignatureError),
    "twice": (
        (lambda w: w.join(w.header(), w.claims(), lambda s: w.rsa()(s) * 2)),
        errors.SignatureError,
    ),
    "of-another-message": changed(
        lambda w, p: [p[0], p[1], w.token(claims={"jti": "2"}).split(".")[2]], errors.SignatureError
    ),
    "claims-swapped": changed(
        lambda w, p: [p[0], w.token(claims={"sub": "google-oauth2|1"}).split(".")[1], p[2]], errors.SignatureError
    ),
    "header-swapped": changed(
        lambda w, p: [w.b64(json.dumps(w.header(x=1)).encode()), p[1], p[2]], errors.SignatureError
    ),
    "over-the-claims-alone": changed(lambda w, p: [p[0], p[1], w.b64(w.rsa()(p[1].encode()))], errors.SignatureError),
    "by-a-foreign-key": ((lambda w: w.token(key=w.encryption_key)), errors.SignatureError),
}

SHAPE, MISSING = errors.ClaimShapeError, errors.MissingClaimError
FAR = 253_402_300_800
DATES: dict[str, Attack] = {
    **{
        f"{name}-{what}": with_claims(SHAPE, **{name: value})
        for name in ("exp", "iat", "nbf")
        for what, value in {
            "string": "1900000000",
            "true": True,
            "array": [1_900_000_000],
            "object": {"$date": 1_900_000_000},
            "negative": -1,
            "beyond-the-year-9999": FAR,
            "huge": 10**400,
            "huge-float": 1e300,
            "arabic-digits": "١٩٠٠٠٠٠٠٠٠",
        }.items()
    },
    **{
        f"{name}-{what}": (
            lambda w, name=name, raw=raw: w.token(claims=replaced(w, name, raw)),  # type: ignore[misc]
            error,
        )
        for name in ("exp", "iat", "nbf")
        for what, raw, error in (
            ("nan", b"NaN", errors.MalformedTokenError),
            ("infinity", b"Infinity", errors.MalformedTokenError),
            ("overflowing-float", b"1e999", SHAPE),
            ("leading-zero", b"01900000000", errors.MalformedTokenError),
            ("hexadecimal", b"0x713fb300", errors.MalformedTokenError),
        )
    },
    "exp-missing": ((lambda w: w.token(without=["exp"])), MISSING),
    "exp-null": with_claims(MISSING, exp=None),
    "exp-zero": with_claims(errors.ExpiredError, exp=0),
    "exp-passed": ((lambda w: w.token(claims={"exp": w.now - 60})), errors.ExpiredError),
    "exp-at-the-end-of-the-leeway": ((lambda w: w.token(claims={"exp": w.now - w.leeway})), errors.ExpiredError),
    "exp-in-the-middle-of-the-last-second": (
        (lambda w: w.token(claims={"exp": w.now - w.leeway + 0.5})),
        errors.ExpiredError,
    ),
    "exp-in-milliseconds-of-the-past": with_claims(SHAPE, exp=1_700_000_000_000),
    "iat-missing": ((lambda w: w.token(without=["iat"])), MISSING),
    "iat-null": with_claims(MISSING, iat=None),
    "iat-in-the-future": ((lambda w: w.token(claims={"iat": w.now + w.leeway + 1})), errors.NotYetValidError),
    "nbf-null": with_claims(MISSING, nbf=None),
    "nbf-in-the-future": ((lambda w: w.token(claims={"nbf": w.now + w.leeway + 1})), errors.NotYetValidError),
}


def replaced(w: Workshop, name: str, raw: bytes) -> bytes:
    return json.dumps(w.claims(**{name: "@"})).encode().replace(b'"@"', raw)


CLAIMS: dict[str, Attack] = {
    **{
        f"iss-{value!r}": with_claims(errors.IssuerError, iss=value)
        for value in (
            None,
            "",
            "https://gatehouse.eu.auth0.com",
            "https://gatehouse.eu.auth0.com//",
            "http://gatehouse.eu.auth0.com/",
            "HTTPS://GATEHOUSE.EU.AUTH0.COM/",
            "https://gatehouse.eu.auth0.com/ ",
            "https://gatehouse.eu.auth0.com/.evil.example/",
            "https://gatehouse.eu.auth0.com.evil.example/",
            "https://other.eu.auth0.com/",
            ["https://gatehouse.eu.auth0.com/"],
            {"https://gatehouse.eu.auth0.com/": 1},
            1,
        )
    },
    "iss-missing": ((lambda w: w.token(without=["iss"])), errors.IssuerError),
    **{
        f"aud-{value!r}": with_claims(errors.AudienceError, aud=value)
        for value in (
            None,
            "",
            [],
            "https://StreamingResourceServe",
            "https://StreamingResourceServer/",
            "https://StreamingResourceServer2",
            "https://streamingresourceserver",
            " https://StreamingResourceServer",
            "https://StreamingResourceServer https://other",
            "spa-client-id",
            ["https://other", "https://gatehouse.eu.auth0.com/userinfo"],
            ["https://StreamingResourceServer", 1],
            ["https://StreamingResourceServer", None],
            [["https://StreamingResourceServer"]],
            {"https://StreamingResourceServer": True},
            "*",
            True,
        )
    },
    "aud-missing": ((lambda w: w.token(without=["aud"])), errors.AudienceError),
    "sub-missing": ((lambda w: w.token(without=["sub"])), MISSING),
    "sub-null": with_claims(MISSING, sub=None),
    **{
        f"sub-{what}": with_claims(SHAPE, sub=value)
        for what, value in {
            "empty": "",
            "number": 1,
            "zero": 0,
            "true": True,
            "array": ["amazon|1"],
            "newline": "amazon|1\nINFO",
            "nul": "amazon|1\x00",
            "line-separator": "amazon|1\u2028",
            "surrogate": "amazon|\ud800",
            "huge": "amazon|" + "1" * 300,
        }.items()
    },
    "azp-missing": ((lambda w: w.token(without=["azp"])), MISSING),
    **{f"azp-{value!r}": with_claims(SHAPE, azp=value) for value in (None, "", 1, True, ["spa-client-id"])},
    **{f"client_id-{value!r}": with_claims(SHAPE, client_id=value) for value in (None, "", 0, False)},
    "azp-and-client_id-differ": with_claims(SHAPE, client_id="another-client"),
    **{f"jti-{value!r}": with_claims(SHAPE, jti=value) for value in (None, "", 1, ["1"])},
    "rfc9068-without-client_id": (
        (lambda w: w.token(header={"typ": "at+jwt"}, claims={"jti": "1"})),
        MISSING,
    ),
    "rfc9068-without-jti": (
        (lambda w: w.token(header={"typ": "at+jwt"}, claims={"client_id": "spa-client-id"})),
        MISSING,
    ),
    "machine-by-subject-alone": with_claims(errors.MachineTokenError, sub="spa-client-id@clients"),
    "machine-by-gty-alone": with_claims(errors.MachineTokenError, gty="client-credentials"),
    "machine-of-another-client": with_claims(errors.MachineTokenError, sub="another@clients", gty="client-credentials"),
    "machine-behind-a-connection": with_claims(
        errors.MachineTokenError, sub="amazon|spa-client-id@clients", gty="client-credentials"
    ),
    "machine-of-nobody": with_claims(errors.MachineTokenError, sub="@clients", gty="client-credentials"),
    **{
        f"gty-{value!r}": with_claims(errors.MachineTokenError, gty=value)
        for value in (None, True, ["client-credentials"])
    },
    "rfc9068-machine-of-another-client": as_rfc9068_machine(sub="another@clients"),
    "rfc9068-machine-behind-a-connection": as_rfc9068_machine(sub="amazon|spa-client-id@clients"),
    "rfc9068-machine-with-gty-null": as_rfc9068_machine(gty=None),
    "rfc9068-machine-of-another-grant": as_rfc9068_machine(gty="password"),
    "rfc9068-machine-by-gty-alone": as_rfc9068_machine(sub="amazon|1", gty="client-credentials"),
    "machine-of-another-grant": with_claims(errors.MachineTokenError, sub="spa-client-id@clients", gty="password"),
    "id-token-with-nonce": with_claims(errors.IdTokenError, nonce="n-0S6_WzA2Mj"),
    "id-token-with-empty-nonce": with_claims(errors.IdTokenError, nonce=None),
    "id-token-with-at_hash": with_claims(errors.IdTokenError, at_hash="77QmUPtjPfzWtF2AnpK9RQ"),
    "id-token-with-c_hash": with_claims(errors.IdTokenError, c_hash="LDktKdoQak3Pk0cnXxCltA"),
    "id-token-with-s_hash": with_claims(errors.IdTokenError, s_hash="LDktKdoQak3Pk0cnXxCltA"),
    "id-token-for-the-application": with_claims(errors.AudienceError, aud="spa-client-id", nonce="n"),
    "logout-token": with_claims(errors.IdTokenError, events={"http://schemas.openid.net/event/backchannel-logout": {}}),
    "dpop-bound": with_claims(
        errors.SenderConstrainedError, cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}
    ),
    "certificate-bound": with_claims(
        errors.SenderConstrainedError, cnf={"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc0"}
    ),
    "cnf-null": with_claims(errors.SenderConstrainedError, cnf=None),
}

GROUPS = {
    "algorithm": ALGORITHMS,
    "header": HEADERS,
    "shape": SHAPES,
    "json": JSON,
    "signature": SIGNATURES,
    "date": DATES,
    "claim": CLAIMS,
}
ATTACKS = [
    pytest.param(make, error, id=f"{group}: {name}".encode("ascii", "backslashreplace").decode())
    for group, attacks in GROUPS.items()
    for name, (make, error) in attacks.items()
]


@pytest.mark.parametrize(("make", "error"), ATTACKS)
def test_a_hostile_or_broken_token_is_refused_by_the_check_for_it(
    make: Callable[[Workshop], str], error: type[errors.TokenError], workshop: Workshop, verifier: Verifier
) -> None:
    with pytest.raises(errors.TokenError) as refusal:
        verifier.verify(make(workshop))
    assert type(refusal.value) is error


@pytest.mark.parametrize(("make", "error"), ATTACKS)
def test_a_hostile_or_broken_token_gets_401_and_leaves_no_trace_of_itself_in_the_log(
    make: Callable[[Workshop], str],
    error: type[errors.TokenError],
    workshop: Workshop,
    decide: Callable[..., Any],
    log: Callable[[], list[dict[str, Any]]],
) -> None:
    token = make(workshop)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        decide(token)
    [entry] = log()
    assert entry["level"] == "INFO", entry["reason"]
    assert entry["decision"] == "unauthorized"
    assert not any(part in json.dumps(entry) for part in token.split(".") if len(part) > 4)


@pytest.mark.parametrize(
    ("header", "claims", "without"),
    [
        pytest.param({}, {}, [], id="as Auth0 issues it"),
        pytest.param({}, {"aud": "https://StreamingResourceServer"}, [], id="one audience"),
        pytest.param({"typ": "at+jwt"}, {"client_id": "spa-client-id", "jti": "1"}, ["azp"], id="RFC 9068"),
        pytest.param(
            {"typ": "application/at+jwt"}, {"client_id": "spa-client-id", "jti": "1"}, [], id="RFC 9068 in full"
        ),
        pytest.param({"typ": "AT+JWT"}, {"client_id": "spa-client-id", "jti": "1"}, [], id="media types have no case"),
        pytest.param({}, {"iss": "https://login.example.com/"}, [], id="the tenant's custom domain"),
        pytest.param(
            {},
            {"sub": "spa-client-id@clients", "gty": "client-credentials"},
            [],
            id="a machine's",
        ),
        pytest.param(
            {"typ": "at+jwt"},
            {"sub": "spa-client-id@clients", "client_id": "spa-client-id", "jti": "1"},
            ["azp"],
            id="a machine's of RFC 9068",
        ),
        pytest.param({}, {"gty": "password"}, [], id="a user's by another grant"),
        pytest.param({}, {}, ["typ"], id="no typ"),
        pytest.param({"x5t": "NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg"}, {}, [], id="a thumbprint"),
        pytest.param({}, {"exp": 1_800_000_000 - 4}, [], id="expired within the leeway"),
        pytest.param({}, {"iat": 1_800_000_000 + 5, "nbf": 1_800_000_000 + 5}, [], id="issued ahead within the leeway"),
        pytest.param({}, {"exp": 1_800_000_000.5, "iat": 1_799_999_999.25}, [], id="fractions of a second"),
        pytest.param({}, {"scope": None, "permissions": ["read:Movies"]}, [], id="permissions"),
        pytest.param({}, {"https://example.com/roles": [{"deep": {"er": []}}]}, [], id="custom claims"),
        pytest.param({}, {"sub": "amazon|Łukasz/ÿ"}, [], id="a subject beyond ASCII"),
        pytest.param({"kid": "key-1"}, {"pad": "x" * 4_000}, [], id="large"),
    ],
)
def test_a_good_token_gives_its_claims(
    header: dict[str, Any], claims: dict[str, Any], without: list[str], workshop: Workshop, verifier: Verifier
) -> None:
    found = verifier.verify(workshop.token(header=header, claims=claims, without=without))
    assert found == {name: value for name, value in workshop.claims(**claims).items() if name not in without}


def test_every_key_that_the_issuer_publishes_is_good(workshop: Workshop, verifier: Verifier) -> None:
    token = workshop.token(header={"kid": "key-2"}, key=workshop.other_key)
    assert verifier.verify(token) == workshop.claims()


def test_a_token_of_pyjwt_is_good(workshop: Workshop, verifier: Verifier) -> None:
    token = jwt.encode(workshop.claims(), workshop.key, "RS256", headers={"kid": "key-1"})
    assert verifier.verify(token) == workshop.claims()


def test_a_token_of_joserfc_is_good(workshop: Workshop, verifier: Verifier) -> None:
    token = joserfc.jwt.encode(workshop.header(), workshop.claims(), RSAKey.import_key(workshop.key))
    assert verifier.verify(token) == workshop.claims()


def test_claims_that_the_issuer_did_not_sign_are_not_read(workshop: Workshop, verifier: Verifier) -> None:
    examined = Examined()
    with pytest.raises(errors.SignatureError):
        verifier.verify(workshop.token(key=workshop.other_key, claims=b"{" * 3_000), examined)
    assert (examined.key_id, examined.claims, examined.subject_hash) == ("key-1", None, None)


def test_a_refusal_carries_the_value_that_failed_and_shows_it_nowhere(workshop: Workshop, verifier: Verifier) -> None:
    with pytest.raises(errors.AudienceError) as refusal:
        verifier.verify(workshop.token(claims={"aud": "https://private.example"}))
    assert refusal.value.value == "https://private.example"
    shown = [str(refusal.value), repr(refusal.value), *traceback.format_exception(refusal.value)]
    assert str(refusal.value) == "wrong_audience"
    assert not any("private.example" in text for text in shown[:2] + shown[-1:])


REVOKED: dict[str, dict[str, Any]] = {
    "sub": {"sub": "amazon|1"},
    "client": {"azp": "a-client"},
    "kid": {},
    "jti": {"jti": "a-token"},
}


@pytest.mark.parametrize(("kind", "claims"), REVOKED.items(), ids=REVOKED)
def test_what_is_revoked_is_refused_until_the_entry_ends(
    kind: str,
    claims: dict[str, Any],
    workshop: Workshop,
    revoking_verifier: Callable[[str], Verifier],
    clock: Any,
    verifier: Verifier,
) -> None:
    values = {"sub": verifier.subject_hash("amazon|1"), "client": "a-client", "kid": "key-1", "jti": "a-token"}
    revoking = revoking_verifier(json.dumps({f"{kind}:{values[kind]}": workshop.now + 60}))
    token = workshop.token(claims=claims)
    with pytest.raises(errors.RevokedError):
        revoking.verify(token)
    clock.now += 60
    assert revoking.verify(token)["iss"] == workshop.issuer


def test_a_token_that_is_not_revoked_passes_also_with_a_problem_in_the_list(
    workshop: Workshop, revoking_verifier: Callable[[str], Verifier]
) -> None:
    revoking = revoking_verifier('{"client:another": 9999999999, "kid:key-2": 9999999999, "sub:0": "not a date"}')
    assert revoking.verify(workshop.token()) == workshop.claims()
    assert revoking.revocations.problem is not None


SECRET = b"a shared secret that is long enough for HS256"


def test_a_verifier_with_a_secret_takes_a_token_signed_with_it(
    workshop: Workshop, secret_verifier: Callable[[bytes], Verifier]
) -> None:
    token = jwt.encode(workshop.claims(), SECRET, "HS256")
    assert secret_verifier(SECRET).verify(token) == workshop.claims()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        pytest.param(lambda w: w.token(), errors.AlgorithmError, id="RS256"),
        pytest.param(lambda w: w.join({"alg": "none"}, w.claims(), unsigned), errors.AlgorithmError, id="none"),
        pytest.param(
            lambda w: w.join({"alg": "HS512"}, w.claims(), w.hmac(SECRET, "sha512")), errors.AlgorithmError, id="HS512"
        ),
        pytest.param(
            lambda w: w.join({"alg": "HS256"}, w.claims(), w.hmac(SECRET + b"\n")), errors.SignatureError, id="newline"
        ),
        pytest.param(lambda w: w.join({"alg": "HS256"}, w.claims(), w.hmac(b"")), errors.SignatureError, id="empty"),
        pytest.param(
            lambda w: w.join({"alg": "HS256"}, w.claims(), w.hmac(base64.b64encode(SECRET))),
            errors.SignatureError,
            id="base64 of the secret",
        ),
        pytest.param(lambda w: w.join({"alg": "HS256"}, w.claims(), unsigned), errors.SignatureError, id="unsigned"),
        pytest.param(
            lambda w: w.join({"alg": "HS256"}, w.claims(), lambda s: w.hmac(SECRET)(s)[:16]),
            errors.SignatureError,
            id="half",
        ),
        *[
            pytest.param(
                lambda w, secret=secret: w.join({"alg": "HS256"}, w.claims(), w.hmac(secret(w))),
                errors.SignatureError,
                id=f"the public key as {disguise}",
            )
            for disguise, secret in PUBLIC_KEY_DISGUISES.items()
        ],
    ],
)
def test_a_verifier_with_a_secret_refuses(
    make: Callable[[Workshop], str],
    error: type[errors.TokenError],
    workshop: Workshop,
    secret_verifier: Callable[[bytes], Verifier],
) -> None:
    with pytest.raises(error):
        secret_verifier(SECRET).verify(make(workshop))
