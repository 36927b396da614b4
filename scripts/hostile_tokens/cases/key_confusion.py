"""RS/HS confusion: an HMAC with the issuer's public key, in any of its forms, as the secret (RFC 8725 §2.1).

A verifier that takes "the key" and lets the token name the algorithm mistakes a public key for a shared secret.
"""

import base64
import hashlib
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import Signing, forged
from scripts.hostile_tokens.scenario import Scenario

_CONFUSED = "a public key is nobody's secret; HS and RS never meet in one verifier (RFC 8725 §2.1, §3.1)"
_GUESSED = "a secret that can be guessed is none, and HMAC is not configured (RFC 8725 §3.1)"

confusion = Category("RS/HS confusion")


def _pem(scenario: Scenario) -> bytes:
    return scenario.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _thumbprint_members(scenario: Scenario) -> bytes:
    """Return the text that RFC 7638 §3 hashes: only the required members, sorted, without white space."""
    members = {name: scenario.key_set[0][name] for name in ("e", "kty", "n")}
    return json.dumps(members, separators=(",", ":")).encode()


def _modulus(scenario: Scenario) -> bytes:
    return base64.urlsafe_b64decode(str(scenario.key_set[0]["n"]) + "==")


DISGUISES: dict[str, Callable[[Scenario], bytes]] = {
    "PEM": _pem,
    "PEM-without-its-last-newline": lambda w: _pem(w).rstrip(),
    "PEM-with-CRLF": lambda w: _pem(w).replace(b"\n", b"\r\n"),
    "PEM-on-one-line": lambda w: _pem(w).replace(b"\n", b""),
    "PEM-with-a-space-before": lambda w: b" " + _pem(w),
    "PEM-without-its-frame": lambda w: b"".join(_pem(w).splitlines()[1:-1]),
    "PEM-of-PKCS-1": lambda w: w.public_key.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
    "DER": lambda w: w.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "DER-of-PKCS-1": lambda w: w.public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1),
    "an-SSH-key": lambda w: w.public_key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "the-published-JWK": lambda w: json.dumps(dict(w.key_set[0])).encode(),
    "the-JWK-as-it-is-hashed": _thumbprint_members,
    "the-JWK-thumbprint": lambda w: hashlib.sha256(_thumbprint_members(w)).digest(),
    "the-whole-JWK-set": lambda w: json.dumps({"keys": [dict(key) for key in w.key_set]}).encode(),
    "the-modulus": _modulus,
    "the-modulus-in-base64url": lambda w: str(w.key_set[0]["n"]).encode(),
    "the-modulus-in-hex": lambda w: _modulus(w).hex().encode(),
    "the-kid": lambda w: w.kid.encode(),
}

_GUESSES: dict[str, Callable[[Scenario], bytes]] = {
    "nothing": lambda _: b"",
    "one-NUL": lambda _: b"\0",
    "the-word-secret": lambda _: b"secret",
    "the-word-password": lambda _: b"password",
    "jwt.io's-old-example": lambda _: b"your-256-bit-secret",
    "the-issuer": lambda w: w.issuer.encode(),
    "the-audience": lambda w: w.audience.encode(),
    "the-client-id": lambda w: w.client_id.encode(),
}


def _mac(secret: Callable[[Scenario], bytes], digest: str = "SHA-256") -> Signing:
    return lambda scenario: jose.mac(secret(scenario), digest)


ROWS = (
    *(
        confusion.refused(
            f"HS256-with-the-public-key-as-{name}", forged(header={"alg": "HS256"}, sign=_mac(secret)), _CONFUSED
        )
        for name, secret in DISGUISES.items()
    ),
    *(
        confusion.refused(
            f"HS{digest[4:]}-with-the-public-key-as-{name}",
            forged(header={"alg": f"HS{digest[4:]}"}, sign=_mac(DISGUISES[name], digest)),
            _CONFUSED,
        )
        for digest in ("SHA-384", "SHA-512")
        for name in ("PEM", "DER", "the-published-JWK", "the-modulus")
    ),
    *(
        confusion.refused(
            f"HMAC-with-the-public-key-as-{name}-called-RS256", forged(sign=_mac(DISGUISES[name])), _CONFUSED
        )
        for name in ("PEM", "DER", "the-published-JWK", "the-modulus")
    ),
    *(
        confusion.refused(
            f"hs256-in-lower-case-with-the-public-key-as-{name}",
            forged(header={"alg": "hs256"}, sign=_mac(DISGUISES[name])),
            _CONFUSED,
        )
        for name in ("PEM", "the-published-JWK")
    ),
    confusion.refused(
        "HS256-with-the-public-key-and-no-kid",
        forged(header={"alg": "HS256"}, without=["kid"], sign=_mac(_pem)),
        _CONFUSED,
    ),
    *(
        confusion.refused(f"HS256-with-{name}-as-secret", forged(header={"alg": "HS256"}, sign=_mac(secret)), _GUESSED)
        for name, secret in _GUESSES.items()
    ),
)
