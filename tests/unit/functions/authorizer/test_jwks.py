"""Which keys of a key set may verify; a bad key does not affect a good one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from authorizer import jwks

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import

UNUSABLE: dict[str, Callable[[Workshop], Any]] = {
    "not an object": lambda w: "key-1",
    "null": lambda w: None,
    "no kty": lambda w: without(w, "kty"),
    "no kid": lambda w: without(w, "kid"),
    "no modulus": lambda w: without(w, "n"),
    "no exponent": lambda w: without(w, "e"),
    "an empty kid": lambda w: w.jwk(w.key, ""),
    "a kid that is a number": lambda w: w.jwk(w.key, "bad") | {"kid": 1},
    "a kid that is an array": lambda w: w.jwk(w.key, "bad") | {"kid": ["bad"]},
    "a huge kid": lambda w: w.jwk(w.key, "k" * 300),
    "an elliptic curve": lambda w: {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "bad"},
    "a shared secret": lambda w: {"kty": "oct", "k": "c2VjcmV0", "kid": "bad", "alg": "HS256"},
    "rsa in small letters": lambda w: w.jwk(w.key, "bad", kty="rsa"),
    "for encryption": lambda w: w.jwk(w.key, "bad", use="enc"),
    "use of the wrong type": lambda w: w.jwk(w.key, "bad", use=["sig"]),
    "for signing only": lambda w: w.jwk(w.key, "bad", key_ops=["sign"]),
    "key_ops of the wrong type": lambda w: w.jwk(w.key, "bad", key_ops="verify"),
    "for RS512": lambda w: w.jwk(w.key, "bad", alg="RS512"),
    "for encryption by its algorithm": lambda w: w.jwk(w.key, "bad", alg="RSA-OAEP"),
    "1024 bits": lambda w: w.jwk(w.weak_key, "bad"),
    "no bits": lambda w: w.jwk(w.key, "bad", n=""),
    "16384 bits": lambda w: w.jwk(w.key, "bad", n=w.b64(b"\xff" * 2048)),
    "an even modulus": lambda w: w.jwk(w.key, "bad", n=w.b64(b"\xff" * 255 + b"\xfe")),
    "the exponent three": lambda w: w.jwk(w.key, "bad", e="Aw"),
    "a larger exponent": lambda w: w.jwk(w.key, "bad", e="AQAD"),
    "the usual exponent in a longer spelling": lambda w: w.jwk(w.key, "bad", e="AAEAAQ"),
    "a modulus in a longer spelling": lambda w: w.jwk(w.key, "bad", n="AA" + w.jwk(w.key, "bad")["n"]),
    "a modulus with a zero octet before it": lambda w: w.jwk(w.key, "bad", n=w.b64(bytes(1) + modulus(w))),
    "a kid with a slash": lambda w: w.jwk(w.key, "../bad"),
    "for verifying and encrypting": lambda w: w.jwk(w.key, "bad", key_ops=["verify", "encrypt"]),
    "for nothing": lambda w: w.jwk(w.key, "bad", key_ops=[]),
    "use null": lambda w: w.jwk(w.key, "bad", use=None),
    "alg null": lambda w: w.jwk(w.key, "bad", alg=None),
    "a secret beside the key": lambda w: w.jwk(w.key, "bad", k="c2VjcmV0"),
    "the exponent one": lambda w: w.jwk(w.key, "bad", e="AQ"),
    "an even exponent": lambda w: w.jwk(w.key, "bad", e="Ag"),
    "a padded modulus": lambda w: w.jwk(w.key, "bad", n=w.jwk(w.key, "bad")["n"] + "="),
    "a modulus in hexadecimal with colons": lambda w: w.jwk(w.key, "bad", n="00:c3:ff"),
    "a modulus beyond ASCII": lambda w: w.jwk(w.key, "bad", n="é"),
    "a modulus that is a number": lambda w: w.jwk(w.key, "bad", n=65537),
    "a private exponent": lambda w: w.jwk(w.key, "bad", d="AQAB"),
}


def modulus(w: Workshop) -> bytes:
    octets: bytes = w.key.public_key().public_numbers().n.to_bytes(256)
    return octets


def without(w: Workshop, name: str) -> dict[str, Any]:
    return {member: value for member, value in w.jwk(w.key, "bad").items() if member != name}


@pytest.mark.parametrize("make", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_key_is_left_out_and_the_good_ones_stay(
    make: Callable[[Workshop], Any], workshop: Workshop
) -> None:
    good = workshop.jwk(workshop.other_key, "good")
    found = jwks.read(workshop.jwk_set(make(workshop), good, make(workshop)))
    assert found == {"good": workshop.other_key.public_key()}


@pytest.mark.parametrize("make", UNUSABLE.values(), ids=UNUSABLE)
def test_a_set_of_unusable_keys_only_is_an_error(make: Callable[[Workshop], Any], workshop: Workshop) -> None:
    with pytest.raises(jwks.KeySetError, match="no RSA key"):
        jwks.read(workshop.jwk_set(make(workshop)))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"{}",
        b'{"keys": null}',
        b'{"keys": {"kid": "x"}}',
        b"\xff\xfe\xfd",
        b"[" * 50_000,
    ],
    ids=lambda document: ascii(document)[:20],
)
def test_what_is_no_key_set_is_an_error(document: bytes) -> None:
    with pytest.raises(jwks.KeySetError, match="not a JWK set"):
        jwks.read(document)


def test_a_key_needs_no_optional_member(workshop: Workshop) -> None:
    key = workshop.jwk(workshop.key, "plain")
    del key["use"], key["alg"]
    assert jwks.read(json.dumps({"keys": [key]})) == {"plain": workshop.key.public_key()}


def test_members_that_nobody_asked_for_do_no_harm(workshop: Workshop) -> None:
    key = workshop.jwk(workshop.key, "full", x5c=["MIIC"], x5t="thumbprint", key_ops=["verify"])
    assert jwks.read(workshop.jwk_set(key)) == {"full": workshop.key.public_key()}


def test_of_two_keys_of_one_name_neither_is_trusted(workshop: Workshop) -> None:
    good = workshop.jwk(workshop.encryption_key, "good")
    twins = [workshop.jwk(workshop.key, "key"), workshop.jwk(workshop.other_key, "key")]
    for order in ([*twins, good], [good, *twins], [twins[1], good, twins[0], twins[1]]):
        assert jwks.read(workshop.jwk_set(*order)) == {"good": workshop.encryption_key.public_key()}


def test_a_key_that_is_published_twice_is_one_key(workshop: Workshop) -> None:
    key = workshop.jwk(workshop.key, "key")
    assert jwks.read(workshop.jwk_set(key, key | {"x5t": "x"})) == {"key": workshop.key.public_key()}


def test_an_unusable_key_of_the_same_name_takes_nothing_from_the_good_one(workshop: Workshop) -> None:
    keys = [workshop.jwk(workshop.weak_key, "key"), workshop.jwk(workshop.key, "key"), {"kty": "EC", "kid": "key"}]
    assert jwks.read(workshop.jwk_set(*keys)) == {"key": workshop.key.public_key()}


def test_a_key_that_says_two_things_at_once_is_left_out_alone(workshop: Workshop) -> None:
    twice = json.dumps(workshop.jwk(workshop.key, "twice"))[:-1] + ',"use":"sig"}'
    document = f'{{"keys":[{twice},{json.dumps(workshop.jwk(workshop.other_key, "good"))}]}}'
    assert jwks.read(document) == {"good": workshop.other_key.public_key()}


def test_a_document_with_two_sets_is_no_key_set(workshop: Workshop) -> None:
    keys = json.dumps([workshop.jwk(workshop.key, "key")])
    with pytest.raises(jwks.KeySetError):
        jwks.read(f'{{"keys":{keys},"keys":{keys}}}')


def test_a_document_of_text_and_one_of_bytes_are_read_alike(workshop: Workshop) -> None:
    assert jwks.read(workshop.jwks) == jwks.read(workshop.jwks.decode())


def test_only_the_members_that_verify_travel_and_only_of_keys_that_may_verify(workshop: Workshop) -> None:
    good = workshop.jwk(workshop.key, "good", x5c=["MIIC"], x5t="thumbprint", key_ops=["verify"])
    flawed = [make(workshop) for make in UNUSABLE.values()]
    reduced = jwks.reduced(workshop.jwk_set(*flawed, good))
    assert json.loads(reduced) == {"keys": [{name: good[name] for name in ("kty", "kid", "n", "e")}]}
    assert jwks.read(reduced) == {"good": workshop.key.public_key()}
    assert " " not in reduced


@pytest.mark.parametrize("make", UNUSABLE.values(), ids=UNUSABLE)
def test_a_key_set_is_refused_alike_where_it_is_reduced_and_where_it_is_read(
    make: Callable[[Workshop], Any], workshop: Workshop
) -> None:
    document = workshop.jwk_set(make(workshop))
    for way in (jwks.read, jwks.reduced):
        with pytest.raises(jwks.KeySetError, match="no RSA key"):
            way(document)


def test_of_two_keys_of_one_name_neither_travels(workshop: Workshop) -> None:
    twins = [workshop.jwk(workshop.key, "key"), workshop.jwk(workshop.other_key, "key")]
    good = workshop.jwk(workshop.encryption_key, "good")
    assert [key["kid"] for key in json.loads(jwks.reduced(workshop.jwk_set(*twins, good)))["keys"]] == ["good"]
