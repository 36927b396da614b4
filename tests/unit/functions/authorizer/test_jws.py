"""The Authorization header: tolerant where HTTP is, but with exactly one token."""

import base64
import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorizer.errors import (
    AlgorithmError,
    AuthorizationHeaderError,
    KeyIdError,
    MalformedTokenError,
    TokenTooLargeError,
)
from authorizer.jws import HEADER_LIMIT, bearer_token, decode_base64url, decode_object, read_header
from authorizer.tokens import Verifier

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"


@pytest.mark.parametrize(
    "header",
    [
        f"Bearer {TOKEN}",
        f"bearer {TOKEN}",
        f"BEARER {TOKEN}",
        f"bEaReR {TOKEN}",
        f"Bearer    {TOKEN}",
        f"  Bearer {TOKEN}  ",
        f"\tBearer {TOKEN}\t",
        f"Bearer {TOKEN}\t",
    ],
    ids=repr,
)
def test_the_one_token_of_a_bearer_header_is_found(header: str) -> None:
    assert bearer_token(header) == TOKEN


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        0,
        [f"Bearer {TOKEN}"],
        {"Bearer": TOKEN},
        b"Bearer a.b.c",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Bearer{TOKEN}",
        f"Bearer\t{TOKEN}",
        f"Bearer\u00a0{TOKEN}",
        f"Bearer:{TOKEN}",
        f"Bearer: {TOKEN}",
        f"Bearer={TOKEN}",
        f"Basic {TOKEN}",
        f"DPoP {TOKEN}",
        f"Token {TOKEN}",
        f"Bearer Bearer {TOKEN}",
        f"Basic dXNlcg== Bearer {TOKEN}",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f"Bearer{' ' * 10}{TOKEN}",
        f"\nBearer {TOKEN}",
        f"Béarer {TOKEN}",
        f"\ufeffBearer {TOKEN}",
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_anything_but_bearer_and_one_token_is_refused(header: object) -> None:
    with pytest.raises(AuthorizationHeaderError):
        bearer_token(header)


@pytest.mark.parametrize(
    "behind_bearer",
    [
        f"{TOKEN},{TOKEN}",
        f"{TOKEN};",
        f'"{TOKEN}"',
        f"<{TOKEN}>",
        f"\t{TOKEN}",
        f"{TOKEN}\n",
        f"{TOKEN}\r\nX-Injected:1",
        f"{TOKEN}\x00",
        f"{TOKEN}é",
        f"{TOKEN}=",
        TOKEN.replace(".", "。"),
        f"{TOKEN}.{TOKEN}",
        f"{TOKEN}.",
        "opaque-access-token",
        "a.b",
        "..",
        "a..c",
        "a.b.c.d.e",
        "null",
        "undefined",
    ],
    ids=ascii,
)
def test_a_bearer_token_that_is_no_jws_is_refused_before_any_verification(
    behind_bearer: str, verifier: Verifier
) -> None:
    with pytest.raises((MalformedTokenError, AlgorithmError, KeyIdError)):
        verifier.verify(bearer_token(f"Bearer {behind_bearer}"))


@pytest.mark.parametrize("header", ["Bearer " + "a" * 9_000, " " * 1_000_000, "Bearer a.b." + "c" * 8_200])
def test_a_header_beyond_the_limit_is_not_even_looked_at(header: str) -> None:
    with pytest.raises(TokenTooLargeError):
        bearer_token(header)


def test_json_that_is_nested_deeper_than_the_interpreter_goes_is_malformed() -> None:
    with pytest.raises(MalformedTokenError):
        decode_object(b"[" * 100_000)


def reference_decode(segment: str) -> bytes | None:
    """Decode plainly, by one rule: only the encoding of the result is the right spelling."""
    try:
        octets = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        return None
    return octets if base64.urlsafe_b64encode(octets).decode().rstrip("=") == segment else None


EXAMPLES = settings().max_examples
alphabet = st.sampled_from("ABCXYZabcxyz0189-_")
spellings = st.text(st.one_of(alphabet, alphabet, alphabet, st.sampled_from("+/= \n\t.é\x00\ud800'")), max_size=9)
encoded = st.binary(max_size=40).map(lambda octets: base64.urlsafe_b64encode(octets).decode().rstrip("="))


@given(st.one_of(spellings, encoded, st.builds("{}{}".format, encoded, spellings)))
@settings(max_examples=20 * EXAMPLES)
def test_base64url_is_decoded_in_its_canonical_spelling_only(segment: str) -> None:
    try:
        decoded = decode_base64url(segment.encode("utf-8", "surrogatepass"))
    except MalformedTokenError:
        decoded = None
    assert decoded == reference_decode(segment)


@pytest.mark.parametrize("length", [2, 3], ids=["one octet", "two octets"])
def test_every_last_character_is_judged_as_encoding_again_judges_it(length: int) -> None:
    for last in string.ascii_letters + string.digits + "-_":
        segment = "A" * (length - 1) + last
        if reference_decode(segment) is None:
            with pytest.raises(MalformedTokenError):
                decode_base64url(segment.encode("utf-8", "surrogatepass"))
        else:
            assert decode_base64url(segment.encode("utf-8", "surrogatepass")) == reference_decode(segment)


def reference_object(text: str) -> Any:
    """Read JSON with the standard library, with visible checks for duplicate members and constants."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError(pairs)
        return dict(pairs)

    def no_constant(name: str) -> None:
        raise ValueError(name)

    if text != text.strip():
        return None
    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


names = st.sampled_from(['"a"', '"b"', '"\\u0061"'])
scalars = st.sampled_from(["1", "1.5", "true", "null", '"x"', '"{"', '",,"', "NaN", "-Infinity", "1e999", "01", "'x'"])
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(st.builds("{}:{}".format, names, inner), max_size=3).map(lambda members: f"{{{','.join(members)}}}"),
    ),
    max_leaves=8,
)


@given(values, st.sampled_from(["", "", "", " ", "\n", "\ufeff", "}", "{}", ","]))
@settings(max_examples=10 * EXAMPLES)
def test_json_is_read_as_a_plain_strict_reader_reads_it(text: str, behind: str) -> None:
    try:
        found: Any = decode_object((text + behind).encode())
    except MalformedTokenError:
        found = None
    assert found == reference_object(text + behind)


@pytest.mark.parametrize(
    "content",
    [
        b'{"alg":[' + b"{}," * 110 + b"{}]}",
        b'{"alg":' + b"[" * 300,
        b"{" + b'"a":0,' * 60 + b'"b":0}',
        b'{"alg":"' + b"\\n" * 150 + b'"}',
    ],
    ids=["empty objects", "nested arrays", "members", "escapes"],
)
def test_a_header_that_would_be_slow_to_read_is_not_read(content: bytes) -> None:
    segment = base64.urlsafe_b64encode(content).rstrip(b"=")
    assert len(segment) <= HEADER_LIMIT
    with pytest.raises(TokenTooLargeError):
        read_header(segment, "RS256")
