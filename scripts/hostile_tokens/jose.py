"""Composes a JWS by hand (RFC 7515 §7.1), because libraries do not write broken ones."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, HashAlgorithm

type Sign = Callable[[bytes], bytes]
type Members = Mapping[str, object]

HASHES: dict[str, HashAlgorithm] = {
    "SHA-1": SHA1(),  # noqa: S303 - a digest to be refused
    "SHA-256": SHA256(),
    "SHA-384": SHA384(),
    "SHA-512": SHA512(),
}


class Text(str):
    """Raw JSON text for a member's value: numbers and spellings that no encoder writes."""

    __slots__ = ()


def base64url(octets: bytes) -> str:
    """Encode without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def object_text(members: Members) -> bytes:
    """Encode a JSON object; a Text among its members is written unchanged."""
    pairs = (f"{json.dumps(k)}:{v if isinstance(v, Text) else json.dumps(v)}" for k, v in members.items())
    return f"{{{','.join(pairs)}}}".encode()


def compose(header: Members | bytes, claims: Members | bytes, sign: Sign) -> str:
    """Return the compact serialisation; octets are used unchanged, members are encoded as a JSON object."""
    octets = (part if isinstance(part, bytes) else object_text(part) for part in (header, claims))
    signed = ".".join(map(base64url, octets))
    return f"{signed}.{base64url(sign(signed.encode()))}"


def nothing(_signed: bytes) -> bytes:
    """Return an empty signature."""
    return b""


def rsa(key: RSAPrivateKey, digest: str = "SHA-256") -> Sign:
    """Sign with RSASSA-PKCS1-v1_5 (RFC 8017 §8.2)."""
    return lambda signed: key.sign(signed, PKCS1v15(), HASHES[digest])


def pss(key: RSAPrivateKey, digest: str = "SHA-256") -> Sign:
    """Sign with RSASSA-PSS, like PS256, PS384 and PS512 (RFC 7518 §3.5)."""
    chosen = HASHES[digest]
    return lambda signed: key.sign(signed, PSS(MGF1(chosen), chosen.digest_size), chosen)


def mac(secret: bytes, digest: str = "SHA-256") -> Sign:
    """Authenticate with HMAC, like HS256, HS384 and HS512 (RFC 7518 §3.2)."""
    return lambda signed: hmac.new(secret, signed, HASHES[digest].name).digest()


def padded_digest(signed: bytes, size: int) -> bytes:
    """Return EMSA-PKCS1-v1_5 of SHA-256 (RFC 8017 §9.2) in `size` octets, the input of RSA's private operation."""
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(signed).digest()
    return b"\x00\x01" + b"\xff" * (size - len(digest_info) - 3) + b"\x00" + digest_info


def public_jwk(key: RSAPublicKey, **members: object) -> dict[str, object]:
    """Return a public key as a JWK (RFC 7518 §6.3.1)."""
    numbers = key.public_numbers()
    n, e = (base64url(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "n": n, "e": e} | members


def public_key(jwk: Members) -> RSAPublicKey:
    """Return the key of a public JWK."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

    n, e = (int.from_bytes(base64.urlsafe_b64decode(str(jwk[name]) + "==")) for name in ("n", "e"))
    return RSAPublicNumbers(e, n).public_key()
