"""The Authorization header: tolerant where HTTP is, and exactly one token."""

import pytest

from authorizer.errors import AuthorizationHeaderError, MalformedTokenError, TokenTooLargeError
from authorizer.jws import bearer_token, decode_object

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
        f"Bearer \t{TOKEN}",
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
        f"Bearer {TOKEN},{TOKEN}",
        f"Bearer {TOKEN}, Bearer {TOKEN}",
        f"Bearer {TOKEN};",
        f'Bearer "{TOKEN}"',
        f"Bearer <{TOKEN}>",
        f"Bearer {TOKEN}\n",
        f"Bearer {TOKEN}\r\nX-Injected: 1",
        f"Bearer {TOKEN}\x00",
        f"\nBearer {TOKEN}",
        f"Bearer {TOKEN}é",
        f"Bearer {TOKEN}=",
        f"Béarer {TOKEN}",
        f"Bearer {TOKEN.replace('.', '。')}",
        f"\ufeffBearer {TOKEN}",
        f"Bearer {TOKEN}.{TOKEN}",
        f"Bearer {TOKEN}.",
        "Bearer opaque-access-token",
        "Bearer a.b",
        "Bearer ..",
        "Bearer a..c",
        "Bearer a.b.c.d.e",
        "Bearer null",
        "Bearer undefined",
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_anything_but_bearer_and_one_token_is_refused(header: object) -> None:
    with pytest.raises(AuthorizationHeaderError):
        bearer_token(header)


@pytest.mark.parametrize("header", ["Bearer " + "a" * 9_000, " " * 1_000_000, "Bearer a.b." + "c" * 8_200])
def test_a_header_beyond_the_limit_is_not_even_looked_at(header: str) -> None:
    with pytest.raises(TokenTooLargeError):
        bearer_token(header)


def test_json_that_is_nested_deeper_than_the_interpreter_goes_is_malformed() -> None:
    with pytest.raises(MalformedTokenError):
        decode_object(b"[" * 100_000)
