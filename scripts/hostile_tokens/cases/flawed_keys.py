"""Keys that the issuer publishes next to its good one, but that must not verify a signature."""

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category, Form, Need, Recipe, Setup
from scripts.hostile_tokens.recipes import issued
from scripts.hostile_tokens.scenario import Scenario, new_key

_SIZE = "RSA keys have at least 2048 bits (RFC 7518 §3.3)"
_USE = "`use` says what a key is for (RFC 7517 §4.2)"
_ALGORITHM = "`alg` says which algorithm a key is for (RFC 7517 §4.4)"
_OPERATIONS = "`key_ops` says what a key may do (RFC 7517 §4.3)"
_PRIVATE = "a private key that is published is anyone's (RFC 7517 §9.2)"
_SPELLING = "numbers of a JWK are base64url, in its one spelling (RFC 7518 §6.3.1)"
_TYPE = "`kty` says RSA, or it is no RSA key (RFC 7518 §6.1)"
_NUMBERS = "no modulus or exponent of RSA (RFC 8017 §3.1)"

flawed = Category("flawed keys of the issuer", Setup.FLAWED_KEYS)


def _jwk(key: RSAPrivateKey, kid: str, **members: object) -> dict[str, Any]:
    return {**jose.public_jwk(key.public_key()), "kid": kid, **members}


# By `kid`: members that replace those of a good JWK, and why the key must not verify.
_MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "use-enc": ({"use": "enc"}, _USE),
    "use-empty": ({"use": ""}, _USE),
    "use-in-upper-case": ({"use": "SIG"}, _USE),
    "use-null": ({"use": None}, _USE),
    "use-an-array": ({"use": ["sig"]}, _USE),
    "alg-RS512": ({"alg": "RS512"}, _ALGORITHM),
    "alg-PS256": ({"alg": "PS256"}, _ALGORITHM),
    "alg-RSA-OAEP": ({"alg": "RSA-OAEP"}, _ALGORITHM),
    "alg-none": ({"alg": "none"}, _ALGORITHM),
    "alg-null": ({"alg": None}, _ALGORITHM),
    "key_ops-sign": ({"key_ops": ["sign"]}, _OPERATIONS),
    "key_ops-encrypt": ({"key_ops": ["encrypt", "wrapKey"]}, _OPERATIONS),
    "key_ops-empty": ({"key_ops": []}, _OPERATIONS),
    "key_ops-a-string": ({"key_ops": "verify"}, _OPERATIONS),
    "kty-EC": ({"kty": "EC"}, _TYPE),
    "kty-oct": ({"kty": "oct"}, _TYPE),
    "kty-in-lower-case": ({"kty": "rsa"}, _TYPE),
    **{f"private-{name}": ({name: "AQAB"}, _PRIVATE) for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")},
}

_FLAWS = {
    "1024-bits": _SIZE,
    "2047-bits": _SIZE,
    "exponent-padded": _SPELLING,
    "modulus-padded": _SPELLING,
    "modulus-even": _NUMBERS,
    "modulus-with-a-zero-octet-before": _SPELLING,
    "name-of-two-keys": "a name that two keys share names neither (RFC 7517 §4.5)",
    "exponent-1": _NUMBERS,
    **{kid: why for kid, (_, why) in _MEMBERS.items()},
}


# By `kid`: the members to remove from a JWK, and those to replace; the key stays good.
_USABLE: dict[str, tuple[set[str], dict[str, Any]]] = {
    "without-use": ({"use"}, {}),
    "without-alg": ({"alg"}, {}),
    "without-use-and-alg-but-with-key_ops": ({"use", "alg"}, {"key_ops": ["verify"]}),
    "with-a-certificate": (set(), {"x5c": ["MIIB"], "x5t": "AA"}),
}


def flawed_key_set() -> tuple[list[dict[str, Any]], Mapping[str, RSAPrivateKey]]:
    """Return JWKs that an issuer may publish, most of them by mistake, and the private halves by `kid`.

    One key serves for many. Its modulus ends in an even octet and a multiple of three, so that only the flaw under
    test, not the form of its numbers, decides.
    """
    good = next(key for key in iter(new_key, None) if _modulus(key)[-1] % 3 == 0 and _modulus(key)[-2] % 2 == 0)
    short, odd = new_key(1_024), new_key(2_047)
    modulus = _modulus(good)
    jwks = [
        _jwk(short, "1024-bits"),
        _jwk(odd, "2047-bits"),
        _jwk(good, "modulus-padded", n=f"{jose.base64url(modulus)}=="),
        _jwk(good, "exponent-padded", e="AQAB="),
        _jwk(good, "modulus-even", n=jose.base64url(modulus[:-1] + bytes([modulus[-1] - 1]))),
        _jwk(good, "modulus-with-a-zero-octet-before", n=jose.base64url(b"\0" + modulus)),
        _jwk(good, "exponent-1", e="AQ"),
        _jwk(good, "name-of-two-keys"),
        _jwk(new_key(), "name-of-two-keys"),
        *(_jwk(good, kid, **members) for kid, (members, _) in _MEMBERS.items()),
        *(
            {name: value for name, value in _jwk(good, kid, **members).items() if name not in without}
            for kid, (without, members) in _USABLE.items()
        ),
    ]
    return jwks, {str(jwk["kid"]): good for jwk in jwks} | {"1024-bits": short, "2047-bits": odd}


def _modulus(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_numbers().n.to_bytes((key.key_size + 7) // 8)


def _signed_by(kid: str) -> Recipe:
    def make(scenario: Scenario) -> str:
        return jose.compose({**scenario.header(), "kid": kid}, scenario.claims(), jose.rsa(scenario.flawed_keys[kid]))

    return Recipe(Form.TOKEN, Need.KEY, make)


def _without_any_key(kid: str) -> Recipe:
    """Forge a signature for exponent 1: it is the padded digest itself, which anyone can compute."""

    def make(scenario: Scenario) -> str:
        return jose.compose(
            {**scenario.header(), "kid": kid}, scenario.claims(), lambda signed: jose.padded_digest(signed, 256)
        )

    return Recipe(Form.TOKEN, Need.KEY, make)


ROWS = (
    flawed.allowed(
        "good-key-next-to-flawed-ones", issued(), "a key that cannot be used never removes the good ones (RFC 7517 §5)"
    ),
    *(
        flawed.allowed(f"key-{kid}", _signed_by(kid), "`use`, `alg` and `key_ops` are optional (RFC 7517 §4.2-4.4)")
        for kid in _USABLE
    ),
    *(flawed.refused(f"key-{kid}", _signed_by(kid), why) for kid, why in _FLAWS.items()),
    flawed.refused("key-exponent-1-and-a-signature-without-any-key", _without_any_key("exponent-1"), _NUMBERS),
)
