"""Sends rows of the table to a deployed stack, and checks the answers."""

import math
from collections import Counter
from collections.abc import Callable, Mapping

import httpx

from scripts.hostile_tokens import runner
from scripts.hostile_tokens.case import Answer, Need, Setup
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE

THREADS = 4

type Send = Callable[[Mapping[str, str]], httpx.Response]


def fired(scenario: Scenario, send: Send, setups: set[Setup]) -> Counter[Answer]:
    """Send every row of the setups that HTTP can carry; fail with the names of those with an unexpected answer."""
    cases = runner.sendable(TABLE, Need.KEY, setups)
    verdicts = list(runner.fire(cases, scenario, send, THREADS, runner.Pace(math.inf)))
    holes = [f"{verdict.case.name}: {verdict.problem}; {verdict.case.why}" for verdict in verdicts if verdict.problem]
    assert not holes, "\n".join(holes)
    return Counter(verdict.case.expected for verdict in verdicts)
