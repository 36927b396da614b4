import base64
import datetime
import itertools
import json
import random
import secrets
import string
import uuid
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from authorizer.secret_strength import LEAST_BITS, estimated_bits, problem

KEY = rsa.generate_private_key(65537, 2048)
LETTERS_AND_DIGITS = string.ascii_letters + string.digits
RANDOM: dict[str, Callable[[random.Random], str]] = {
    "32 letters and digits, as Auth0 makes it for an API": lambda r: "".join(r.choices(LETTERS_AND_DIGITS, k=32)),
    "64 of base64url, as Auth0 makes it for an application": lambda r: encoded(r.randbytes(48)),
    "32 octets in base64url": lambda r: encoded(r.randbytes(32)),
    "32 octets in base64": lambda r: base64.b64encode(r.randbytes(32)).decode(),
    "32 octets in hex": lambda r: r.randbytes(32).hex(),
    "16 octets in hex": lambda r: r.randbytes(16).hex(),
    "20 octets in base32": lambda r: base64.b32encode(r.randbytes(20)).decode(),
    "a UUID": lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4)),
    "32 small letters": lambda r: "".join(r.choices(string.ascii_lowercase, k=32)),
    "32 small letters and digits": lambda r: "".join(r.choices(string.ascii_lowercase + string.digits, k=32)),
    "32 printable characters": lambda r: "".join(r.choices(string.printable[:94], k=32)),
}


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


@pytest.mark.parametrize("make", RANDOM.values(), ids=RANDOM)
def test_secrets_from_a_generator_are_accepted(make: Callable[[random.Random], str]) -> None:
    source = random.Random(20261124)  # noqa: S311 - so that each run has the same secrets
    assert [secret for secret in (make(source) for _ in range(500)) if problem(secret.encode())] == []


@given(st.binary(min_size=48, max_size=64))
def test_the_estimate_never_exceeds_what_the_characters_could_hold(octets: bytes) -> None:
    assert 0 < estimated_bits(octets) <= 8 * len(octets)


@given(st.binary(min_size=1, max_size=8), st.integers(min_value=8, max_value=64))
def test_a_short_text_said_again_and_again_is_never_enough(piece: bytes, times: int) -> None:
    assert problem(piece * (32 // len(piece) + times)) is not None


@pytest.mark.parametrize(
    "secret",
    [
        "super-secret-jwt-token-with-at-least-32-characters-long",
        "ThisIsJustAnExampleItShouldBeLongAndRandom",
        "change_this_to_something_other_than_this",
        "your_jwt_secret_that_is_at_least_32_symbols_long",
        "$gbK!srXc2Oivn8ZjHa8WRel&Zy4481W",
    ],
)
def test_a_published_secret_is_refused_however_random_it_looks(secret: str) -> None:
    assert problem(secret.encode()) is not None
    assert problem(secret.encode()[::-1]) != "is published: everybody can know it"


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param("a" * 64, id="one letter"),
        pytest.param("0123456789abcdef0123456789abcdef", id="the hex digits"),
        pytest.param("abcdefghijklmnopqrstuvwxyz0123456789", id="the alphabet"),
        pytest.param("zyxwvutsrqponmlkjihgfedcba9876543210", id="the alphabet backwards"),
        pytest.param("qwertyuiopasdfghjklzxcvbnm1234567890", id="a keyboard's rows"),
        pytest.param("passwordpasswordpasswordpassword", id="a word four times"),
        pytest.param("deadbeefdeadbeefcafebabecafebabe", id="words of hex digits"),
        pytest.param("00000000-0000-0000-0000-000000000000", id="the nil UUID"),
        pytest.param("my-super-secret-signing-key-for-production", id="words of placeholders"),
        pytest.param("MySecretKey2024ForProductionApi!!", id="words with capitals, a year and marks"),
        pytest.param("Sup3rS3cr3tK3yF0rJwtS1gn1ngInPr0d", id="words with digits that look like letters"),
        pytest.param("YOUR_SIGNING_SECRET_FROM_THE_DASHBOARD", id="a placeholder"),
        pytest.param("your-256-bit-secret-your-256-bit-secret", id="an old example of jwt.io, twice"),
        pytest.param("changeme" * 5, id="changeme"),
    ],
)
def test_a_secret_that_can_be_guessed_is_refused(secret: str) -> None:
    found = problem(secret.encode())
    assert found is not None
    assert found.startswith("can be guessed")
    assert secret not in found


@pytest.mark.parametrize(
    "secret",
    [
        "a-string-secret-at-least-256-bits-long",
        "a long, randomly-generated string stored in env",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
        "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    ],
)
def test_an_example_of_a_document_is_refused_also_when_it_is_encoded_or_decoded(secret: str) -> None:
    octets = secret.encode()
    decoded = (
        base64.urlsafe_b64decode(octets + b"=" * (-len(octets) % 4)) if "-" in secret and "_" in secret else octets
    )
    for form in (octets, base64.b64encode(octets), decoded):
        assert problem(form) == "is published: everybody can know it"


@pytest.mark.parametrize("secret", ["", "secret", "changeme", "your-256-bit-secret", "Zk3qP0vX9bT1mR7uYc4dWn8sLh2fJ6g"])
def test_a_secret_shorter_than_the_hash_is_refused(secret: str) -> None:
    assert "is shorter than 32 bytes" in str(problem(secret.encode()))


@pytest.mark.parametrize("end", ["\n", " ", "\r\n"])
def test_white_space_that_came_with_a_file_is_refused(end: str) -> None:
    assert "has white space at an end" in str(problem((secrets.token_urlsafe(32) + end).encode()))


def other_keys() -> dict[str, bytes]:
    public = KEY.public_key()
    numbers = public.public_numbers()
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tenant.eu.auth0.com")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .not_valid_before(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2036, 1, 1, tzinfo=datetime.UTC))
    )
    # White space at the end has its own sentence, and the last octet of a signature may be white space.
    signed = (builder.serial_number(number).sign(KEY, hashes.SHA256()) for number in itertools.count(1))
    certificate = next(one for one in signed if one.signature == one.signature.rstrip())
    jwk = {"kty": "RSA", "e": "AQAB", "n": encoded(numbers.n.to_bytes(256))}
    return {
        "PEM": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).strip(),
        "PEM of PKCS 1": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).strip(),
        "DER": der,
        "DER in base64, as x5c has it": base64.b64encode(der),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).strip(),
        "certificate in DER": certificate.public_bytes(serialization.Encoding.DER),
        "SSH": public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH),
        "JWK": json.dumps(jwk).encode(),
        "JWK set": json.dumps({"keys": [jwk]}).encode(),
        "private key": KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).strip(),
    }


@pytest.mark.parametrize("form", other_keys().values(), ids=other_keys())
def test_a_key_of_another_kind_is_refused(form: bytes) -> None:
    assert problem(form) == "is a key or a certificate of another kind, which others may know"


def test_the_estimate_of_chance_alone_is_that_of_its_alphabet() -> None:
    assert estimated_bits(b"7f3a09c5e1d84b62") == pytest.approx(64)
    assert estimated_bits(b"Zt7") == pytest.approx(3 * 5.954, abs=0.01)
    assert LEAST_BITS == 112
