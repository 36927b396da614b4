"""One run of all checks: chooses the checks, tokens and order for an environment."""

import json
import math
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from authorizer import access_model
from authorizer.configuration import ConfigurationError, machine_clients
from scripts.build.data_files import load_apis
from scripts.environments import CloudEnvironment, Environment, is_preview
from scripts.errors import OperationError
from scripts.hostile_tokens import runner, site
from scripts.hostile_tokens.case import Need, Setup
from scripts.hostile_tokens.jose import compose, rsa
from scripts.hostile_tokens.scenario import Scenario
from scripts.hostile_tokens.table import TABLE
from scripts.management_api import ManagementApi
from scripts.operate.explain import unverified, verdict
from scripts.operate.explain.deployed_access_model import DeployedAccessModel
from scripts.operate.provider_redirect import Site
from scripts.operate.smoke import checks, measure, tokens
from scripts.operate.smoke.addresses import Addresses
from scripts.operate.smoke.checks import Check
from scripts.operate.smoke.measure import Result
from scripts.operate.smoke.tokens import Tokens
from scripts.tools import ROOT

_THREADS = 4
_RATE = 25.0  # hostile requests a second at a deployed environment: half of a stage's default throttling limit


@dataclass(frozen=True)
class How:
    """The options of a run: requests for each check, hostile tokens (None: all), patience, and a given token."""

    repeat: int
    hostile: int | None
    patience_seconds: float
    token: str | None


@dataclass(frozen=True)
class Report:
    """The result of a run: the results in order, and what it could not check, with the reason."""

    results: tuple[Result, ...]
    not_tried: tuple[str, ...]


def whole_run(
    environment: Environment, found: Addresses, rules: DeployedAccessModel, kept_tokens: Path, how: How
) -> Report:
    """Run every check on an environment, and return the report.

    Args:
        environment: the environment that is deployed at `found`.
        found: its addresses.
        rules: its authorizer's settings and access model.
        kept_tokens: the file that keeps the machine client's tokens.
        how: the options.

    Raises:
        UserError: the site is not a Gatehouse site, or the given token is no token.
        OperationError: the tenant does not answer.
    """
    model = json.loads(rules.access_model_text)
    routes = checks.routes(load_apis(ROOT / "functions"))
    scenario = site.read_scenario(found.site, None)
    held = _tokens(environment, rules, model, kept_tokens, how.token)
    results = [
        measure.run(check, how.repeat, how.patience_seconds) for check in _checks(found, rules, routes, scenario, held)
    ]
    results += _of_connections(environment, found, scenario)
    if how.hostile != 0:
        rate = _RATE if isinstance(environment, CloudEnvironment) else math.inf
        results.append(_hostile(found, scenario, rate, how.hostile))
    return Report(tuple(results), held.missing)


def _checks(
    found: Addresses,
    rules: DeployedAccessModel,
    routes: list[checks.Route],
    scenario: Scenario,
    held: Tokens,
) -> Iterator[Check]:
    yield from checks.of_site(found, json.loads(rules.access_model_text)["audience"], routes)
    forged = compose(scenario.header(), scenario.claims(), rsa(scenario.attacker_key))
    yield from checks.of_apis(found, routes, forged)
    if held.good:
        yield from checks.with_token(found, routes, held.good, _opened(rules, held.good))
    if held.expired:
        yield from checks.with_expired(found, routes, held.expired)


def _tokens(
    environment: Environment, rules: DeployedAccessModel, model: Mapping[str, Any], file: Path, given: str | None
) -> Tokens:
    if given:
        return tokens.given(unverified.read(given).token)
    try:
        clients = machine_clients(rules.settings, access_model.parse(rules.access_model_text))
    except (ConfigurationError, access_model.AccessModelError) as error:
        raise OperationError(f"the deployed authorizer is not that of this checkout ({error}).") from error
    return tokens.of_machine_client(
        environment, clients, str(model["audience"]), file, lambda token: bool(_opened(rules, token))
    )


def _opened(rules: DeployedAccessModel, token: str) -> dict[str, bool]:
    """Return, by the deployed authorizer's code, whether a token opens each guarded operation; {} for a bad token."""
    decided = verdict.decide(rules.settings, rules.access_model_text, unverified.read(token))
    if decided.decision == "unauthorized":
        return {}
    return {route.name: route.is_allowed for route in decided.routes}


def _of_connections(environment: Environment, found: Addresses, scenario: Scenario) -> Iterator[Result]:
    """Ask the tenant once for each connection with a declared client id."""
    if not isinstance(environment, CloudEnvironment) or is_preview(environment.name):
        return
    uses_code = environment.value("login_flow") == "code"
    visited = Site(scenario.client_id, found.site_url, uses_code)
    with ManagementApi(found.issuer.rstrip("/"), os.environ) as tenant:
        for check in checks.of_connections(environment.texts_in("connection_client_ids"), tenant, visited):
            yield measure.run(check, 1, 0)


def _hostile(found: Addresses, scenario: Scenario, rate: float, most: int | None) -> Result:
    """Send the hostile tokens that anybody can make, or the first `most` of them; return one result for all."""
    path = f"/api{scenario.target.path}"
    milliseconds: list[float] = []
    lock = threading.Lock()

    def send(headers: dict[str, str]) -> httpx.Response:
        own: list[float] = []
        answer = measure.timed(lambda: found.site.get(path, headers=headers), own)
        with lock:
            milliseconds.extend(own)
        return answer

    cases = runner.sendable(TABLE, Need.NOTHING, {Setup.ANY})
    cases = cases[:: max(len(cases) // most, 1)] if most else cases
    verdicts = list(runner.fire(cases, scenario, send, _THREADS, runner.Pace(rate)))
    failed = [f"{each.case.name} {each.problem}" for each in verdicts if each.problem]
    more = f", and {len(failed) - 1} more (`make attack` names them)" if len(failed) > 1 else ""
    problem = f"{failed[0]}{more}" if failed else None
    return measure.summary(f"{len(verdicts)} hostile tokens that need no key: 401", milliseconds or [0.0], problem)
