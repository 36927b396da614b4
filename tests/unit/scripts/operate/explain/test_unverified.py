import base64
import json

import pytest

from scripts.errors import UserError
from scripts.operate.explain.unverified import lines, read, when
from tests.unit.scripts.operate.explain.conftest import Sign

NOW = 1_800_000_000


@pytest.mark.parametrize("written", ["%s", "  %s\n", "Bearer %s", "bearer  %s", "Authorization: Bearer %s\r\n"])
def test_a_token_is_read_alone_and_as_part_of_a_header(sign: Sign, written: str) -> None:
    token = sign(sub="amazon|1")
    found = read(written % token)
    assert found.token == token
    assert found.header["kid"] == "key-1"
    assert found.claims["sub"] == "amazon|1"


@pytest.mark.parametrize("nothing", ["", " \n", "Bearer", "Authorization: Bearer "])
def test_empty_input_is_no_token(nothing: str) -> None:
    with pytest.raises(UserError, match="no token: pipe one in"):
        read(nothing)


@pytest.mark.parametrize("text", ["0123abcd", "a.b", "a.b.c.d.e", "a.b.c", "e30.W10.x", "\ud800.e30.x"])
def test_text_that_is_no_token_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UserError, match="this is not a signed JSON Web Token") as refused:
        read(text)
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aXY.Y2lwaGVy.dGFn", "it is encrypted (JWE, RFC 7516 §3)"),
        ("tGzv3JOkF0XG5Qx2TlKWIA", "it is opaque"),
        ('"e30.e30.c2ln"', "it is in quotes; give it without them."),
        ("\u201ce30.e30.c2ln\u201d", "it is in quotes; give it without them."),
        ('{"access_token": "e30.e30.c2ln"}', "give the value of its access_token alone."),
        ("e30.e30.\nc2ln", "it has a space or a line break inside"),
        ("e30.e30", "it has 2 of three parts"),
    ],
)
def test_what_people_take_for_a_token_is_called_by_its_name_with_the_fix(text: str, why: str) -> None:
    with pytest.raises(UserError) as refused:
        read(text)
    assert why in str(refused.value)
    assert ("no audience was asked for" in str(refused.value)) == ("encrypted" in why or "opaque" in why)


def test_members_are_shown_with_their_meaning() -> None:
    assert list(lines({"kid": "key-1", "other": [1, "two"]}, NOW)) == [
        "kid    key-1   which of the issuer's keys signed it",
        'other  [1, "two"]',
    ]


def test_dates_are_shown_by_the_clock_and_by_their_distance() -> None:
    [line] = lines({"exp": NOW - 3_661}, NOW)
    assert "1 h 1 min 1 s ago" in line
    assert when(NOW + 90_000, NOW).endswith("in 1 d 1 h")
    assert when(1e300, NOW) == "no date"
    assert when(float("nan"), NOW) == "no date"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "ada@example.com"),
        ("name", "Ada Lovelace"),
        ("https://gatehouse.example/Nickname", "Ada"),
        ("address", {"street": "Ada Street"}),
        ("sub", "auth0|ada@example.com"),
        ("other", ["Contact: ada@example.com"]),
    ],
)
def test_a_claim_that_identifies_a_person_is_hidden(name: str, value: object) -> None:
    [line] = lines({name: value}, NOW)
    assert "ada" not in line.lower()
    assert "(hidden)" in line


def test_a_machine_is_no_person() -> None:
    [line] = lines({"sub": "machine-1@clients"}, NOW)
    assert "machine-1@clients" in line


def test_nothing_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b]0;owned\x07\u202e\n"
    text = "".join(lines({"scope": hostile, hostile: 1, "list": [hostile]}, NOW))
    assert text.isprintable()
    assert text.isascii()


def test_claims_need_no_sense_to_be_shown() -> None:
    payload = base64.urlsafe_b64encode(json.dumps({"exp": "never", "sub": None, "iat": True}).encode()).decode()
    found = read(f"e30.{payload}.x")
    assert found.text("sub") is None
    assert len(list(lines(found.claims, NOW))) == 3
