"""Sends rows over HTTP and judges the answers."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx

from scripts.hostile_tokens.case import Answer, Case, Form, Need, Setup
from scripts.hostile_tokens.scenario import Scenario

_FIELD_VALUE = re.compile(r"[\t -~]*")  # the characters that a header can carry; beyond them, the gateway decides
_TRIES = 6
_THROTTLED = 429
_ERRORS = {Answer.UNAUTHORIZED: "invalid_token", Answer.DENY: "insufficient_scope"}


class Verdict(NamedTuple):
    """The result of a row."""

    case: Case
    problem: str | None  # None if the answer is the expected one


class Pace:
    """Limits the rate of requests, over all threads."""

    def __init__(self, per_second: float) -> None:
        """Take the rate; `math.inf` means no limit."""
        self._gap = 1 / per_second
        self._next = time.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._gap
        time.sleep(max(0.0, turn - time.monotonic()))


def sendable(table: Sequence[Case], have: Need, setups: set[Setup]) -> list[Case]:
    """Return the rows that HTTP can carry, for a sender with such secrets and a stack with such a configuration."""
    return [
        case
        for case in table
        if case.recipe.form is not Form.EVENT
        and case.recipe.need <= have
        and case.setup in setups
        and not case.standing_clock
    ]


def fire(
    cases: Sequence[Case],
    scenario: Scenario,
    send: Callable[[dict[str, str]], httpx.Response],
    threads: int,
    pace: Pace,
) -> Iterator[Verdict]:
    """Send each row and yield its verdict, in the table's order; omit rows that no header can carry.

    `send` takes the headers of a request for the target operation; several threads call it.
    """

    def attempt(shot: tuple[Case, dict[str, str]]) -> Verdict:
        case, headers = shot
        return Verdict(case, _attempt(case, headers, send, pace))

    shots = [(case, headers) for case in cases if (headers := request_headers(case, scenario)) is not None]
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(attempt, shots)


def request_headers(case: Case, scenario: Scenario) -> dict[str, str] | None:
    """Return the headers that a row sends, or None if HTTP cannot carry them."""
    made = case.recipe.make(scenario)
    value = f"Bearer {made}" if case.recipe.form is Form.TOKEN else made
    if value is None:
        return {}
    if not isinstance(value, str) or not _FIELD_VALUE.fullmatch(value):
        return None
    return {"authorization": value.strip(" \t")}  # HTTP removes surrounding space (RFC 9110 §5.5)


def _attempt(
    case: Case, headers: dict[str, str], send: Callable[[dict[str, str]], httpx.Response], pace: Pace
) -> str | None:
    for number in range(_TRIES):
        pace.wait()
        try:
            answer = send(headers)
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        if answer.status_code != _THROTTLED:
            return problem(answer, case.expected)
        time.sleep(2**number / 4)
    return f"throttled {_TRIES} times; lower RATE"


def problem(answer: httpx.Response, expected: Answer) -> str | None:
    """Return the problem of an answer; None if it is the expected one.

    A refusal is our own JSON with `WWW-Authenticate: Bearer` (RFC 6750 §3), so that clients can tell it from an outage.
    """
    if answer.status_code != expected.value:
        return f"answered {answer.status_code} instead of {expected.value}"
    if expected is Answer.ALLOW:
        return None
    try:
        body = answer.json()
    except ValueError:
        return f"answered {expected.value} without JSON"
    if not isinstance(body, dict) or body.get("error") != _ERRORS[expected] or not body.get("message"):
        return f"answered {expected.value} with another body than ours"
    if not answer.headers.get("www-authenticate", "").startswith("Bearer "):
        return f"answered {expected.value} without WWW-Authenticate: Bearer"
    return None
