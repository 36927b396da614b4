"""Runs checks and measures them: the first request of each (cold), and the following ones (warm)."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

import httpx

from scripts.operate.smoke.checks import Check

PAUSE_SECONDS = 3


@dataclass(frozen=True)
class Result:
    """The result of a check. Times are in milliseconds; the warm ones are None if there was only one request."""

    name: str
    problem: str | None
    request_id: str | None  # of a faulty answer, if the API gave one
    requests: int
    cold_ms: float
    p50_ms: float | None
    p95_ms: float | None

    def as_json(self) -> dict[str, Any]:
        """Return the result for the file."""
        return asdict(self)


def run(check: Check, repeat: int, patience_seconds: float) -> Result:
    """Send a check's request `repeat` times, judge every answer, and return the result.

    A failed check is repeated for `patience_seconds`: AWS needs some seconds until every host knows of an apply.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        result = _once(check, repeat)
        if result.problem is None or time.monotonic() > deadline:
            return result
        time.sleep(PAUSE_SECONDS)


def summary(name: str, milliseconds: Sequence[float], problem: str | None, request_id: str | None = None) -> Result:
    """Return a result from the times of its requests; the first one is the cold one."""
    warm = sorted(milliseconds[1:])
    return Result(
        name,
        problem,
        request_id,
        len(milliseconds),
        round(milliseconds[0], 1),
        _percentile(warm, 50),
        _percentile(warm, 95),
    )


def timed(send: Callable[[], httpx.Response], milliseconds: list[float]) -> httpx.Response:
    """Send a request and append the time that it took, with its whole body."""
    begun = time.perf_counter()
    try:
        return send()
    finally:
        milliseconds.append((time.perf_counter() - begun) * 1_000)


def table(results: Sequence[Result], before: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the lines of the table; `before` has the last run's results by name, as `as_json` wrote them."""
    width = max(len(result.name) for result in results)
    lines = [f"{'':6}  {'check'.ljust(width)}  {'cold ms':>8} {'p50':>7} {'p95':>7}  {'p50 before':>10}"]
    for result in results:
        last = before.get(result.name, {}).get("p50_ms")
        times = f"{result.cold_ms:8.1f} {_shown(result.p50_ms):>7} {_shown(result.p95_ms):>7}  {_shown(last):>10}"
        lines.append(f"{'FAILED' if result.problem else 'ok':6}  {result.name.ljust(width)}  {times}".rstrip())
        if result.problem:
            asked = f" (request {result.request_id})" if result.request_id else ""
            lines.append(f"{'':6}  {result.problem}{asked}")
    return lines


def _once(check: Check, repeat: int) -> Result:
    milliseconds: list[float] = []
    for _ in range(repeat):
        request_id = None
        try:
            answer = timed(check.send, milliseconds)
        except httpx.HTTPError as error:
            problem: str | None = f"no answer ({type(error).__name__})"
        else:
            problem = check.problem(answer)
            request_id = answer.headers.get("x-amzn-requestid")
        if problem:
            return summary(check.name, milliseconds, problem, request_id)
    return summary(check.name, milliseconds, None)


def _percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return a percentile of sorted values, by the nearest rank."""
    return round(ordered[max(ceil(len(ordered) * percent / 100), 1) - 1], 1) if ordered else None


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
