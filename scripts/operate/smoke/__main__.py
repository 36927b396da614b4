"""`make smoke`: check that an environment answers correctly, and measure how fast.

    make smoke                  the local system
    make smoke ENV=dev          a deployed environment; `make apply ENV=dev` ends with it
    make smoke TOKEN=...        with a user's token instead of the machine client's

It requests the page, its files, headers and configuration. It calls each API without a token, with hostile tokens, and
with a good and an expired token of the machine client `smoke` (docs/operations.md). It compares its table with that of
the last run, from build/smoke/<environment>.json (for the local system: .local/smoke.json). It writes nothing in the
environment. Exit code 1 if a check fails.
"""

import argparse
import json
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments, releases, whole_file
from scripts.console import step
from scripts.environments import CloudEnvironment, Environment
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import settings
from scripts.operate.explain import deployed_access_model
from scripts.operate.smoke import addresses, measure
from scripts.operate.smoke.addresses import Addresses
from scripts.operate.smoke.whole_run import How, Report, whole_run
from scripts.tools import ROOT

_REPEAT = 10
_PATIENCE_SECONDS = 60  # for every host to take up an apply


def main() -> None:
    """Find the environment, run the checks, print the table and save it."""
    options = _options()
    environment = deployed.chosen(options.environment)
    file = _kept_in(environment)
    try:
        target = deployed.find(environment)
        step(f"Finding {target.name}")
        found = addresses.find(environment, target)
        rules = deployed_access_model.fetch(target)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show {environment.name}: {error}.") from error
    os.environ.update(target.environment)  # the authorizer's own code fetches HS256's secret, with its own client
    try:
        step(f"Checking {found.site_url}")
        patience = _PATIENCE_SECONDS if options.after_apply else 0
        how = How(options.repeat, options.hostile, patience, os.environ.pop("TOKEN", "") or None)
        report = whole_run(environment, found, rules, file.with_suffix(".tokens.json"), how)
    finally:
        found.close()
    _print(report, _last(file))
    _keep(file, environment, found, report)
    _judge(report, environment, after_apply=options.after_apply)
    if options.after_apply:
        releases.mark_checked(target)


def _options() -> argparse.Namespace:
    parser = environments.parser("smoke", __doc__, default=environments.LOCAL)
    parser.add_argument("--repeat", type=int, default=_REPEAT, help="requests per check (default: %(default)s)")
    parser.add_argument("--hostile", type=int, help="how many of the hostile tokens to send (default: all)")
    parser.add_argument("--after-apply", action="store_true", help="repeat failing checks for a minute")
    options = parser.parse_args()
    if options.repeat < 1:
        raise UserError(f"--repeat {options.repeat} is too small; give 1 or more.")
    return options


def _kept_in(environment: Environment) -> Path:
    """Return the file with the last run's results; each local system has its own."""
    if isinstance(environment, CloudEnvironment):
        return ROOT / "build" / "smoke" / f"{environment.name}.json"
    return settings.from_environment(os.environ).directory / "smoke.json"


def _last(file: Path) -> dict[str, dict[str, Any]]:
    """Return the results of the last run by name; empty if there was no run."""
    try:
        return {result["name"]: result for result in json.loads(file.read_text(encoding="utf-8"))["results"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _print(report: Report, last: Mapping[str, Mapping[str, Any]]) -> None:
    print("\n".join(measure.table(report.results, last)))
    for what in report.not_tried:
        print(f"not tried: {what}")
    for result in report.results:
        before = last.get(result.name)
        if before and bool(before.get("problem")) != bool(result.problem):
            print(f"changed since the last run: {result.name} {'fails now' if result.problem else 'passes again'}")


def _keep(file: Path, environment: Environment, found: Addresses, report: Report) -> None:
    document = {
        "environment": environment.name,
        "site": found.site_url,
        "at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds"),
        "results": [result.as_json() for result in report.results],
        "not_tried": report.not_tried,
    }
    whole_file.write(file, (json.dumps(document, indent=2) + "\n").encode())


def _judge(report: Report, environment: Environment, *, after_apply: bool) -> None:
    """Raise OperationError, with the next step, if a check failed."""
    failed = [result for result in report.results if result.problem]
    passed = len(report.results) - len(failed)
    if not failed:
        left = f"; {len(report.not_tried)} not tried" if report.not_tried else ""
        step(f"All {passed} checks passed{left}")
        return
    env = f"ENV={environment.name}"
    for_request = next((result.request_id for result in failed if result.request_id), None)
    look = f"the logs say why of the request {for_request}" if for_request else "read the answers above"
    back = (
        f"the apply itself succeeded: fix the cause and apply again, or go back with `make rollback {env}`; "
        if after_apply
        else ""
    )
    raise OperationError(
        f"{len(failed)} of {len(report.results)} checks failed; {back}{look}, and `make smoke {env}` checks again."
    )


if __name__ == "__main__":
    run(main)
