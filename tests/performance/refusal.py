"""How long a refusal takes: no header that an attacker may send is to cost more than a good one."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from scripts.errors import OperationError
from tests.performance.material import (
    KEY_ID,
    Event,
    Issuer,
    bearer,
    event,
    logging_to,
    segment,
)
from tests.performance.rounds import Contestant, Rounds, of_each
from tests.performance.table import Row
from tests.performance.warm import bare_verify

LIMIT = 10_240  # bytes of headers that API Gateway takes
SIZES = (922, 2_000, 4_000, 8_000)
ROUNDS, CALLS = 60, 16

type Handler = Callable[[Event, object], object]


def before_the_signature(good: str) -> Iterator[tuple[str, str]]:
    """Yield headers that are refused before any key is used, by what is slow about them to a careless parser."""
    header, payload, signature = good.split(".")
    large = segment(b"x" * 5_400)

    def with_header(content: bytes | Mapping[str, object]) -> str:
        return f"Bearer {segment(content)}.{payload}.{signature}"

    base = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    yield "no scheme", good
    yield "another scheme", f"Basic {good}"
    yield "10 KB without a dot", "Bearer " + "a" * (LIMIT - 7)
    yield "10 KB of dots", "Bearer " + "." * (LIMIT - 7)
    yield "10 KB of one-letter segments", "Bearer " + "a." * ((LIMIT - 7) // 2)
    yield "10 KB of spaces", "Bearer" + " " * (LIMIT - 6)
    yield "10 KB of tabs", "\t" * LIMIT
    yield "8 KB of spaces after the token", f"Bearer {good}" + " " * 7_000 + "x"
    yield "8 KB of spaces before the token", "Bearer" + " " * 7_000 + "é"
    yield "an 8 KB token that ends in padding", f"Bearer {header}.{large}.{signature}=="
    yield "an 8 KB token with a byte outside the alphabet at its end", f"Bearer {header}.{large}.{signature}!"
    yield "an 8 KB token that is not ASCII", f"Bearer {header}.{large}.é"
    yield "four segments", f"Bearer {good}.{signature}"
    yield "a header of 7 KB of nested arrays", with_header(b"[" * 5_300)
    yield "a header of 7 KB of digits", with_header(b'{"alg":' + b"1" * 5_300 + b"}")
    yield "a header of 1 KB of nested arrays", with_header(b"[" * 760)
    yield "a header of 1 KB of nested objects", with_header(b'{"a":' * 150)
    yield "a header of 1 KB of digits", with_header(b'{"alg":' + b"1" * 750 + b"}")
    yield "a header of 1 KB of fractions", with_header(b'{"alg":[' + b"1e9," * 180 + b"1]}")
    yield "a header of 1 KB of escapes", with_header(b'{"alg":"' + b"\\u0041" * 120 + b'"}')
    yield "a header of 1 KB of members", with_header({f"m{number:02}": number for number in range(75)})
    yield "a header of 1 KB of one member again and again", with_header(b"{" + b'"a":1,' * 120 + b'"a":1}')
    yield "a header that is no UTF-8", with_header(b'{"alg":"' + b"\xff" * 700 + b'"}')
    yield "alg none", with_header(base | {"alg": "none"})
    yield "alg HS256", with_header(base | {"alg": "HS256"})
    yield "crit", with_header(base | {"crit": ["b64"], "b64": False})
    yield "a key of its own", with_header(base | {"jwk": {"kty": "RSA", "n": "A" * 340, "e": "AQAB"}})
    yield "an ID token's type", with_header(base | {"typ": "id_token+jwt"})
    yield "a long kid", with_header(base | {"kid": "k" * 600})
    yield "an unknown key", with_header(base | {"kid": "unknown"})
    yield (
        "an unknown key and 7 KB of nested claims",
        f"Bearer {segment(base | {'kid': 'unknown'})}.{segment(b'[' * 5_000)}.AA",
    )


def at_the_signature(good: str) -> Iterator[tuple[str, str]]:
    """Yield a token with signatures that are not the key's, and with claims that were not signed."""
    header, payload, signature = good.split(".")
    size = len(payload) * 3 // 4
    yield "one bit of the signature", f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    yield "a signature of zeros", f"{header}.{payload}.{segment(bytes(256))}"
    yield "a signature above the modulus", f"{header}.{payload}.{segment(b'\xff' * 256)}"
    yield "a signature of one byte", f"{header}.{payload}.AA"
    yield "nested claims", f"{header}.{segment(b'[' * size)}.{signature}"
    yield "claims of digits", f"{header}.{segment(b'{"exp":' + b'1' * (size - 8) + b'}')}.{signature}"
    yield "claims of fractions", f"{header}.{segment(b'{"exp":[' + b'1e9,' * ((size - 11) // 4) + b'1]}')}.{signature}"
    yield "claims of escapes", f"{header}.{segment(b'{"sub":"' + b'\\u0041' * ((size - 10) // 6) + b'"}')}.{signature}"


def rows(handler: Handler, issuer: Issuer) -> list[Row]:
    """Measure both kinds of refusal and return the worst of each."""
    return [_before(handler, issuer), _at(handler, issuer)]


def _before(handler: Handler, issuer: Issuer) -> Row:
    cases = {name: event(header) for name, header in before_the_signature(issuer.tokens[0])}
    for name, case in cases.items():
        if reason(handler, case) in {None, "bad_signature"}:
            raise OperationError(f"{name!r} was meant to be refused before the signature")
    measured = _measured({"floor": bare_verify(issuer)} | _refusals(handler, cases))
    ratios = {name: measured.ratio(name, "floor") for name in cases}
    worst = max(ratios, key=lambda name: ratios[name])
    what = f"refuse: before the signature, worst of {len(cases)} / bare verify"
    return Row(what, ratios[worst], "x", bar=0.7, note=worst)


def _at(handler: Handler, issuer: Issuer) -> Row:
    ratios: dict[str, float] = {}
    for size in SIZES:
        good = issuer.token(size)
        cases = {name: bearer(token) for name, token in at_the_signature(good)}
        for name, case in cases.items():
            if reason(handler, case) is None:
                raise OperationError(f"{name!r} was meant to be refused")
        accept = of_each(lambda case: handler(case, None), [bearer(good)] * CALLS)
        measured = _measured({"accept": accept} | _refusals(handler, cases))
        ratios |= {f"{size} bytes, {name}": measured.ratio(name, "accept") for name in cases}
    worst = max(ratios, key=lambda name: ratios[name])
    return Row("refuse: at the signature, worst size / accepting it", ratios[worst], "x", bar=1.0, note=worst)


def _refusals(handler: Handler, cases: Mapping[str, Event]) -> dict[str, Contestant]:
    return {name: of_each(partial(_refuse, handler), [case] * CALLS) for name, case in cases.items()}


def _measured(contestants: Mapping[str, Contestant]) -> Rounds:
    with logging_to(os.devnull):
        return Rounds(contestants, ROUNDS)


def _refuse(handler: Handler, case: Event) -> None:
    try:
        handler(case, None)
    except Exception as error:
        if str(error) != "Unauthorized":
            raise
    else:
        raise OperationError("a token was accepted that should be refused")


def reason(handler: Handler, case: Event) -> str | None:
    """Return the reason code that the log gives for a refusal; None when the event is accepted."""
    with tempfile.NamedTemporaryFile() as file:
        with logging_to(file.name):
            try:
                handler(case, None)
            except Exception as error:
                if str(error) != "Unauthorized":
                    raise
            else:
                return None
        logged: dict[str, str] = json.loads(file.read().splitlines()[-1])
    return logged["reason"]
