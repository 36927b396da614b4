"""Signatures that are cut, swapped, moved, or missing (RFC 7515 §5.2, RFC 8017 §8.2.2)."""

import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category
from scripts.hostile_tokens.recipes import Signing, forged, issued, signed_by_issuer, tampered
from scripts.hostile_tokens.scenario import Scenario

_COVERS = "the signature covers header and claims as they are sent (RFC 7515 §5.2)"
_LENGTH = "a signature is as long as the modulus (RFC 8017 §8.2.2)"
_RANGE = "a signature is a number below the modulus (RFC 8017 §5.2.2)"
_PADDING = "padding and digest are compared whole (RFC 8017 §8.2.2)"
_NONE_MADE = "not made with the issuer's key"

signature = Category("signatures")


def _flipped(octets: bytes, bit: int) -> bytes:
    return (int.from_bytes(octets) ^ (1 << bit)).to_bytes(len(octets))


def _changed(change: Callable[[Scenario, bytes], bytes]) -> Signing:
    """Change the octets of the issuer's signature."""
    return lambda scenario: lambda signed: change(scenario, jose.rsa(scenario.signing_key)(signed))


def _plus_modulus(scenario: Scenario, octets: bytes) -> bytes:
    total = int.from_bytes(octets) + scenario.public_key.public_numbers().n
    return total.to_bytes(max(len(octets), (total.bit_length() + 7) // 8))


def _modulus_minus(scenario: Scenario, octets: bytes) -> bytes:
    return (scenario.public_key.public_numbers().n - int.from_bytes(octets)).to_bytes(len(octets))


def _power(key: RSAPrivateKey, octets: bytes) -> bytes:
    """Return the result of RSA's private operation on octets (RSASP1, RFC 8017 §5.2.1)."""
    numbers = key.private_numbers()
    return pow(int.from_bytes(octets), numbers.d, numbers.public_numbers.n).to_bytes(key.key_size // 8)


def _padded(change: Callable[[bytes], bytes]) -> Signing:
    """Sign a changed padded digest. Only the key's holder can do that, and it has to be refused too."""
    return lambda scenario: (
        lambda signed: _power(
            scenario.signing_key, change(jose.padded_digest(signed, scenario.signing_key.key_size // 8))
        )
    )


def _constant(octets: Callable[[Scenario], bytes]) -> Signing:
    return lambda scenario: lambda _: octets(scenario)


_MADE: dict[str, tuple[Callable[[Scenario, bytes], bytes], str]] = {
    "without-its-last-octet": (lambda _, octets: octets[:-1], _LENGTH),
    "without-its-first-octet": (lambda _, octets: octets[1:], _LENGTH),
    "cut-in-half": (lambda _, octets: octets[: len(octets) // 2], _LENGTH),
    "with-an-octet-more": (lambda _, octets: octets + b"\0", _LENGTH),
    "with-a-zero-octet-before": (lambda _, octets: b"\0" + octets, _LENGTH),
    "twice": (lambda _, octets: octets * 2, _LENGTH),
    "with-its-first-bit-flipped": (lambda _, octets: _flipped(octets, len(octets) * 8 - 1), _NONE_MADE),
    "with-its-last-bit-flipped": (lambda _, octets: _flipped(octets, 0), _NONE_MADE),
    "with-a-bit-in-the-middle-flipped": (lambda _, octets: _flipped(octets, len(octets) * 4), _NONE_MADE),
    "with-its-octets-backwards": (lambda _, octets: octets[::-1], _NONE_MADE),
    "plus-the-modulus": (_plus_modulus, _RANGE),
    "negated": (_modulus_minus, _NONE_MADE),
}

_FORGED: dict[str, Callable[[Scenario], bytes]] = {
    "of-one-octet": lambda _: b"\0",
    "of-zeros": lambda _: bytes(256),
    "of-zeros-and-a-one": lambda _: bytes(255) + b"\1",
    "of-ones": lambda _: b"\xff" * 256,
    "of-the-modulus": lambda w: w.public_key.public_numbers().n.to_bytes(256),
    "of-the-modulus-minus-one": lambda w: (w.public_key.public_numbers().n - 1).to_bytes(256),
    "of-512-octets": lambda _: b"\x01" * 512,
}


def _of_another_header(scenario: Scenario, _header: str, claims: str, octets: str) -> str:
    return f"{jose.base64url(jose.object_text({**scenario.header(), 'x': 1}))}.{claims}.{octets}"


def _of_other_claims(scenario: Scenario, header: str, _claims: str, octets: str) -> str:
    """Replace the user by another user of the same connection; change nothing else."""
    claims = {**scenario.claims(), "sub": f"{scenario.target.connection}|somebody-else"}
    return f"{header}.{jose.base64url(jose.object_text(claims))}.{octets}"


def _one_character_changed(_scenario: Scenario, header: str, claims: str, octets: str) -> str:
    middle = len(octets) // 2
    letter = "A" if octets[middle] != "A" else "B"
    return f"{header}.{claims}.{octets[:middle]}{letter}{octets[middle + 1 :]}"


ROWS = (
    signature.allowed("signature-of-the-issuer", issued(), "the control of this category"),
    *(
        signature.refused(f"signature-{name}", signed_by_issuer(_changed(change)), why)
        for name, (change, why) in _MADE.items()
    ),
    *(
        signature.refused(f"signature-{name}", forged(sign=_constant(octets)), _NONE_MADE)
        for name, octets in _FORGED.items()
    ),
    signature.refused("signature-by-a-key-of-the-attacker", forged(), _NONE_MADE),
    signature.refused(
        "signature-that-is-the-padded-digest-itself",
        forged(sign=lambda _: lambda signed: jose.padded_digest(signed, 256)),
        "as a key with exponent 1 would have it",
    ),
    signature.refused(
        "signature-that-is-the-digest-alone",
        forged(sign=lambda _: lambda signed: hashlib.sha256(signed).digest()),
        _LENGTH,
    ),
    signature.refused("signature-of-a-good-token-under-another-header", tampered(_of_another_header), _COVERS),
    signature.refused("signature-of-a-good-token-under-another-user", tampered(_of_other_claims), _COVERS),
    signature.refused("signature-of-a-good-token-with-a-character-changed", tampered(_one_character_changed), _COVERS),
    signature.refused(
        "signature-of-a-good-token-without-its-last-eight-characters",
        tampered(lambda _w, *parts: ".".join(parts)[:-8]),
        _LENGTH,
    ),
    signature.refused(
        "signature-over-the-claims-alone",
        signed_by_issuer(lambda w: lambda signed: jose.rsa(w.signing_key)(signed.partition(b".")[2])),
        _COVERS,
    ),
    signature.refused(
        "signature-over-the-header-alone",
        signed_by_issuer(lambda w: lambda signed: jose.rsa(w.signing_key)(signed.partition(b".")[0])),
        _COVERS,
    ),
    signature.refused(
        "signature-over-decoded-claims",
        signed_by_issuer(lambda w: lambda _: jose.rsa(w.signing_key)(jose.object_text(w.claims()))),
        _COVERS,
    ),
    signature.refused(
        "signature-over-a-digest-of-the-message",
        signed_by_issuer(lambda w: lambda signed: jose.rsa(w.signing_key)(hashlib.sha256(signed).digest())),
        _COVERS,
    ),
    signature.refused(
        "signature-over-nothing", signed_by_issuer(lambda w: lambda _: jose.rsa(w.signing_key)(b"")), _COVERS
    ),
    *(
        signature.refused(f"padding-{name}", signed_by_issuer(_padded(change)), _PADDING)
        for name, change in {
            "of-block-type-2": lambda block: b"\x00\x02" + block[2:],
            "with-an-octet-that-is-not-FF": lambda block: block[:10] + b"\xfe" + block[11:],
            "too-short-with-the-digest-first-and-garbage-after": lambda block: (
                b"\x00\x01" + b"\xff" * 8 + block[block.index(b"\x00", 2) :]
            ).ljust(len(block), b"\xaa"),
            "without-the-name-of-the-digest": lambda block: (
                b"\x00\x01" + b"\xff" * (len(block) - 35) + b"\x00" + block[-32:]
            ),
            "with-another-digest-named": lambda block: block.replace(
                bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040202")
            ),
            "without-the-NULL-of-the-digest's-name": lambda block: (
                b"\x00\x01"
                + b"\xff" * (len(block) - 52)
                + b"\x00"
                + bytes.fromhex("302f300b060960864801650304020104 20".replace(" ", ""))
                + block[-32:]
            ),
            "with-a-changed-digest": lambda block: block[:-1] + bytes([block[-1] ^ 1]),
        }.items()
    ),
)
