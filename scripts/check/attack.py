"""`make attack URL=https://...`: send hostile tokens to a deployed stack, and report every one that it accepts.

It sends the rows of the table that need no private key of the issuer, as any attacker could. With a good access token
in TOKEN, it also tampers with that token. It stores nothing and prints no token.
"""

import math
import os
from collections.abc import Mapping, Sequence

import httpx

from scripts import command_line
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.hostile_tokens import runner, site
from scripts.hostile_tokens.case import Case, Need, Setup
from scripts.hostile_tokens.runner import Pace, Verdict
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE
from scripts.local_stack import settings

_THREADS = 8
_RATE = 25.0  # requests a second: half of a stage's default throttling limit


def main() -> None:
    """Read the site, send the rows, report; exit 1 if an answer is not the expected one."""
    parser = command_line.parser("attack", __doc__)
    parser.add_argument("url", nargs="?", help="the site's address (URL=...); without one, the site of `make up`")
    parser.add_argument("--rate", default=str(_RATE), help="requests a second at most (RATE=...; default: %(default)s)")
    arguments = parser.parse_args()
    token = os.environ.get("TOKEN") or None
    rate = _read_rate(arguments.rate)
    url = arguments.url or settings.from_environment(os.environ).site_origin
    step(f"Reading {url}/config.json and the tenant's keys")
    with site.client(url, _THREADS) as http:
        try:
            scenario = site.read_scenario(http, token)
        except UserError as error:
            if arguments.url:
                raise
            raise UserError(
                f"nothing answers at {url}; `make up` starts it, or name a stack: `make attack URL=https://...`."
            ) from error
        path = f"/api{scenario.target.path}"
        cases = runner.sendable(TABLE, Need.TOKEN if token else Need.NOTHING, {Setup.ANY})
        step(f"Sending {len(cases)} of {len(TABLE)} hostile and control tokens to {path}, at most {rate:g} a second")
        verdicts = _fire_by_category(cases, scenario, http, path, rate)
    _report(verdicts, len(TABLE) - len(verdicts), token)


def _fire_by_category(
    cases: Sequence[Case], scenario: Scenario, http: httpx.Client, path: str, rate: float
) -> list[Verdict]:
    """Send all rows; print a line for each finished category."""
    verdicts: list[Verdict] = []
    pace = Pace(rate)
    for category, rows in _by_category(cases).items():
        through = list(runner.fire(rows, scenario, lambda headers: http.get(path, headers=headers), _THREADS, pace))
        failed = [verdict for verdict in through if verdict.problem]
        detail(f"{category}: {len(through) - len(failed)} of {len(through)} as expected")
        for verdict in failed:
            detail(f"    FAILED {verdict.case.name}: {verdict.problem}; {verdict.case.why}")
        verdicts += through
    return verdicts


def _by_category(cases: Sequence[Case]) -> Mapping[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.category, []).append(case)
    return found


def _report(verdicts: Sequence[Verdict], left_out: int, token: str | None) -> None:
    failed = sum(verdict.problem is not None for verdict in verdicts)
    if failed:
        raise OperationError(f"{failed} of {len(verdicts)} tokens got an unexpected answer; they are listed above")
    step(f"All {len(verdicts)} answered as expected")
    more = "" if token else ", or a good token in TOKEN"
    detail(f"{left_out} tokens were not sent: they need the issuer's key{more}, or no HTTP request can carry them")


def _read_rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate <= 10_000:  # also refuses NaN
        raise UserError(f"RATE={text} is not a number of requests a second; write a number from 1 to 10000.")
    return rate


if __name__ == "__main__":
    run(main)
