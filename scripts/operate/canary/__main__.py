"""`make deploy-canary ENV=<environment>`: try a saved plan's code on a share of the requests; apply it, or go back.

    make plan ENV=prod
    make deploy-canary ENV=prod                       10 percent of the invocations, for 10 minutes
    make deploy-canary ENV=prod SHARE=25 MINUTES=30

Each function whose code the plan changes gets a second version, which runs in the share. Meanwhile the command watches
the alarms. If an alarm goes off, it restores everything and exits with 1. It does the same if, two minutes after the
end, no log shows a request that ran the new code. Otherwise it restores everything too, and `make apply` applies the
plan. It refuses a plan that changes more than code: a document, a setting or a role cannot have a share. Ctrl-C
restores everything. `make rollback` ends a canary that was killed.
"""

import argparse
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from scripts import deployed, environments, saved_plan
from scripts.console import detail, step
from scripts.deployed import Deployed
from scripts.errors import OperationError, UserError, run
from scripts.operate.canary import changed_code, shares, watch
from scripts.tools import ROOT

_LOOK_SECONDS = 5
_PROGRESS_SECONDS = 30
# A line takes up to a minute to appear in CloudWatch Logs, and the request before it may take long too.
_LATE_LINES_SECONDS = 120


def main() -> None:
    """Read the plan, share, watch, and restore everything."""
    options = _options()
    environment = environments.find(options.environment)
    plan = environment.planned_root().read_plan(saved_plan.require(environment))
    functions = changed_code.functions(plan, environment.name)
    built = ROOT / "build" / environment.architecture
    with deployed.resumable():
        target = deployed.find(environment)
        archives = {
            function: (built / f"{function.removeprefix(f'{target.name}-')}.zip").read_bytes() for function in functions
        }
        begun = datetime.now(UTC)
        if off := watch.alarming(target, begun):
            raise UserError(f"alarms are on already ({', '.join(off)}): find out why before you deploy new code.")
        step(f"Sharing the invocations of {target.name} for {options.minutes:g} minutes")
        with shares.shared(target, archives, options.share) as versions:
            _watch(target, versions, begun, options.minutes * 60)
    step(f"No alarm went off: applying the saved plan of {environment.name}")


def _options() -> argparse.Namespace:
    parser = environments.parser("deploy-canary", __doc__)
    parser.add_argument("--share", type=float, default=os.environ.get("SHARE") or 10, help="percent (default: SHARE)")
    parser.add_argument("--minutes", type=float, default=os.environ.get("MINUTES") or 10, help="default: MINUTES")
    options = parser.parse_args()
    if not 0 < options.share < 100:
        raise UserError(f"SHARE={options.share:g} is not a share: give a percentage above 0 and below 100.")
    if options.minutes <= 0:
        raise UserError(f"MINUTES={options.minutes:g} is too short: give a number above 0.")
    return options


def _watch(target: Deployed, versions: Mapping[str, str], begun: datetime, seconds: float) -> None:
    """Watch the alarms until the time is over and a log shows that the new code ran.

    Raises:
        OperationError: an alarm went off, the new code got no request, or somebody else ended the sharing.
    """
    until, told = time.monotonic() + seconds, time.monotonic()
    while True:
        left = until - time.monotonic()
        counts = _invocations(target, versions, begun) if left <= 0 else {}
        if left <= 0 and (any(counts.values()) or left < -_LATE_LINES_SECONDS):
            break
        time.sleep(min(left, _LOOK_SECONDS) if left > 0 else _LOOK_SECONDS)
        _require_quiet(target, versions, begun)
        if time.monotonic() - told > _PROGRESS_SECONDS:
            told = time.monotonic()
            rest = until - told
            detail(f"no alarm is on; {f'{rest:.0f} s left' if rest > 0 else 'no log shows a request yet'}")
    for function, count in counts.items():
        detail(f"version {versions[function]} of {function} ran {count} times")
    if not any(counts.values()):
        raise OperationError(
            "the old code is live again, because no request reached the new code: give a larger SHARE, or more MINUTES."
        )


def _require_quiet(target: Deployed, versions: Mapping[str, str], begun: datetime) -> None:
    if off := watch.alarming(target, begun):
        raise OperationError(f"the old code is live again: {', '.join(off)} went off; see docs/runbooks.")
    if ended := [function for function in versions if not shares.is_shared(target, function)]:
        raise OperationError(f"somebody ended the share of {', '.join(ended)}; run `make plan`, then this again.")


def _invocations(target: Deployed, versions: Mapping[str, str], begun: datetime) -> Mapping[str, int]:
    return {name: watch.invocations(target, name, version, begun) for name, version in versions.items()}


if __name__ == "__main__":
    run(main)
