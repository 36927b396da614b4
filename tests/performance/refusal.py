"""The time of a refusal: no header of an attacker may cost more than a good one."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial

from scripts.errors import OperationError
from tests.performance.material import (
    ISSUER,
    KEY_ID,
    Event,
    Handler,
    Issuer,
    bearer,
    event,
    logging_to,
    segment,
)
from tests.performance.rounds import Contestant, Rounds, of_each
from tests.performance.table import Row
from tests.performance.warm import bare_verify

LIMIT = 10_240  # bytes of headers that API Gateway accepts
SIZES = (922, 2_000, 4_000, 8_000)
ROUNDS, CALLS = 60, 16
BAD_SIGNATURE = "bad_signature"


def headers(good: str) -> Iterator[tuple[str, str]]:
    """Yield authorization headers that are slow for a careless parser, by the reason why they are slow."""
    header, _, signature = good.split(".")
    large = segment(b"x" * 5_400)
    yield "no scheme", good
    yield "another scheme", f"Basic {good}"
    yield "10 KB without a dot", "Bearer " + "a" * (LIMIT - 7)
    yield "10 KB of dots", "Bearer " + "." * (LIMIT - 7)
    yield "8 KB of one-letter segments", "Bearer " + "a." * 4_000
    yield "10 KB of spaces", "Bearer" + " " * (LIMIT - 6)
    yield "10 KB of tabs", "\t" * LIMIT
    yield "8 KB of spaces after the token", f"Bearer {good}" + " " * 7_000 + "x"
    yield "8 KB of spaces before the token", "Bearer" + " " * 7_000 + good[1:]
    yield "8 KB of spaces before the scheme", " " * 7_000 + "Bearer é"
    yield "an 8 KB token that ends in padding", f"Bearer {header}.{large}.{signature}=="
    yield "an 8 KB token with an octet outside the alphabet", f"Bearer {header}.{large}.{signature}!"
    yield "an 8 KB token that is not ASCII", f"Bearer {header}.{large}.é"
    yield "four segments", f"Bearer {good}.{signature}"


def token_headers(good: str) -> Iterator[tuple[str, str]]:
    """Yield tokens whose own header has to be refused."""
    _, payload, signature = good.split(".")

    def token(content: bytes | Mapping[str, object], claims: str = payload) -> str:
        return f"{segment(content)}.{claims}.{signature}"

    base = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    yield "a header of 7 KB of nested arrays", token(b"[" * 5_300)
    yield "a header of 7 KB of digits", token(b'{"alg":' + b"1" * 5_300 + b"}")
    for size in (180, 350, 700):
        yield f"a header of {size} nested arrays", token(b"[" * size)
        yield f"a header of {size} octets of nested objects", token(b'{"a":' * (size // 5))
        yield f"a header of {size} digits", token(b'{"alg":' + b"1" * (size - 8) + b"}")
        yield f"a header of {size} octets of fractions", token(b'{"alg":[' + b"1e9," * (size // 4 - 3) + b"1]}")
        yield f"a header of {size} octets of escapes", token(b'{"alg":"' + b"\\u0041" * (size // 6 - 2) + b'"}')
        yield f"a header of {size} octets of members", token(b"{" + b'"":1,' * (size // 5 - 2) + b'"a":1}')
        yield f"a header of {size} octets that are no UTF-8", token(b'{"alg":"' + b"\xff" * (size - 10) + b'"}')
        yield f"a kid of {size} octets", token(base | {"kid": "k" * (size - 40)})
    yield "alg none", token(base | {"alg": "none"})
    yield "alg HS256", token(base | {"alg": "HS256"})
    yield "crit", token(base | {"crit": ["b64"], "b64": False})
    yield "a key of its own", token(base | {"jwk": {"kty": "RSA", "n": "A" * 200, "e": "AQAB"}})
    yield "an ID token's type", token(base | {"typ": "id_token+jwt"})
    yield "an unknown key", token(base | {"kid": "unknown"})
    yield "an unknown key and 7 KB of nested claims", token(base | {"kid": "unknown"}, segment(b"[" * 5_000))


def unsigned_claims(good: str) -> Iterator[tuple[str, str]]:
    """Yield tokens with a bad signature and with claims that are slow to read."""
    header, payload, signature = good.split(".")
    size = len(payload) * 3 // 4
    yield "one bit of the signature", f"{header}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    yield "a signature of zeros", f"{header}.{payload}.{segment(bytes(256))}"
    yield "a signature above the modulus", f"{header}.{payload}.{segment(b'\xff' * 256)}"
    yield "a signature of one octet", f"{header}.{payload}.AA"
    for name, claims in {
        "no claims": b"{}",
        "claims of another issuer": b'{"iss":"' + b"x" * (size - 10) + b'"}',
        "claims that have expired": json.dumps({"iss": ISSUER, "aud": "x" * (size - 80), "exp": 1}).encode(),
        "nested claims": b"[" * size,
        "claims of digits": b'{"exp":' + b"1" * (size - 8) + b"}",
        "claims of fractions": b'{"exp":[' + b"1e9," * ((size - 11) // 4) + b"1]}",
        "claims of escapes": b'{"sub":"' + b"\\u0041" * ((size - 10) // 6) + b'"}',
    }.items():
        yield name, f"{header}.{segment(claims)}.{signature}"


def rows(handler: Handler, issuer: Issuer) -> list[Row]:
    """Measure every refusal, and return the slowest before the signature check and the slowest at it."""
    good = issuer.tokens[0]
    before = {name: event(header) for name, header in headers(good)}
    before |= {name: bearer(token) for name, token in token_headers(good)}
    for name, case in before.items():
        if reason(handler, case) in {None, BAD_SIGNATURE}:
            raise OperationError(f"{name!r} was meant to be refused before the signature")
    ratios_at: dict[str, float] = {}
    for size in SIZES:
        good = issuer.token(size)
        cases = {f"{name}, {size} octets": bearer(token) for name, token in unsigned_claims(good)}
        # If claims are refused before the signature is checked, the bar for that applies.
        before |= {name: case for name, case in cases.items() if reason(handler, case) != BAD_SIGNATURE}
        at = {name: case for name, case in cases.items() if name not in before}
        accept = of_each(handler, [bearer(good)] * CALLS)
        measured = _measured({"accept": accept} | _refusals(handler, at))
        ratios_at |= {name: measured.ratio(name, "accept") for name in at}
    measured = _measured({"floor": bare_verify(issuer)} | _refusals(handler, before))
    ratios_before = {name: measured.ratio(name, "floor") for name in before}
    return [
        _worst("refuse: before the signature, worst of {} / bare verify", ratios_before, bar=0.7),
        _worst("refuse: at the signature, worst of {} / accepting that size", ratios_at, bar=1.0),
    ]


def _worst(what: str, ratios: Mapping[str, float], *, bar: float) -> Row:
    name = max(ratios, key=lambda name: ratios[name])
    return Row(what.format(len(ratios)), ratios[name], "x", bar=bar, note=name)


def _refusals(handler: Handler, cases: Mapping[str, Event]) -> dict[str, Contestant]:
    return {name: of_each(partial(_refuse, handler), [case] * CALLS) for name, case in cases.items()}


def _measured(contestants: Mapping[str, Contestant]) -> Rounds:
    with logging_to(os.devnull):
        return Rounds(contestants, ROUNDS)


def _refuse(handler: Handler, case: Event) -> None:
    try:
        handler(case)
    except Exception as error:
        if str(error) != "Unauthorized":
            raise
    else:
        raise OperationError("a token was accepted that should be refused")


def reason(handler: Handler, case: Event) -> str | None:
    """Return the reason code of a refusal in the log; None if the event is accepted."""
    with tempfile.NamedTemporaryFile() as file:
        with logging_to(file.name):
            try:
                handler(case)
            except Exception as error:
                if str(error) != "Unauthorized":
                    raise
            else:
                return None
        logged: dict[str, str] = json.loads(file.read().splitlines()[-1])
    return logged["reason"]
