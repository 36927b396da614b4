"""`make load`: let visitors sign in, read and renew at the local system; measure rate, times, errors, memory.

    make up && make load                    10 visitors for a minute
    make load VISITORS=30 SECONDS=300

It measures our code and the emulators on this machine, not AWS and not Auth0, so its rates say nothing about theirs. It
fails on an error, or if a service's memory grows by more than a fifth in the second half. It also counts the
authorizer's decisions and the requests of a sign-in (`sign-in step`), and fails if there are more than docs/scale.md
assumes. `make bench` measures the authorizer alone, in its own process.
"""

import json
import os
import subprocess
import threading
import time
from datetime import UTC, datetime

import psutil

from scripts import child_environment, command_line, deployed, environments
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.settings import Settings
from scripts.operate.logs import Logs
from scripts.tools import ROOT
from tests.performance import quotas

LOCUST = ROOT / ".tools" / "drills" / "bin" / "locust"
_LONGEST_SECONDS, _MOST_VISITORS = 3_600, 200
_GROWTH = 1.2


def main() -> None:
    """Run Locust, watch the services' memory, and print and judge the figures."""
    parser = command_line.parser("load", __doc__)
    parser.add_argument("--visitors", type=int, default=os.environ.get("VISITORS") or 10, help="as VISITORS=")
    parser.add_argument("--seconds", type=int, default=os.environ.get("SECONDS") or 60, help="as SECONDS=")
    options = parser.parse_args()
    if not (1 <= options.visitors <= _MOST_VISITORS and 1 <= options.seconds <= _LONGEST_SECONDS):
        raise UserError(f"give 1 to {_MOST_VISITORS} VISITORS and 1 to {_LONGEST_SECONDS} SECONDS.")
    chosen = settings.from_environment(os.environ)
    services.require_running(definitions.services(chosen))
    step(f"{options.visitors} visitors for {options.seconds} s at {chosen.site_origin}")
    memory, begun = Memory(chosen), datetime.now(UTC)
    statistics = visit(chosen, options.visitors, options.seconds)
    grown = memory.stop()
    print(table(statistics))
    decided, expected = decisions(begun), most_decisions(statistics)
    detail(
        f"the authorizer ran {decided} times; by docs/scale.md {expected} times at most, once for a token and an API"
    )
    steps, most_steps = (
        count(statistics, "sign-in step") / max(count(statistics, "sign-in"), 1),
        quotas.SIGN_IN_REQUESTS,
    )
    detail(
        f"a sign-in was {steps:.1f} requests to the tenant, and the page's frame is one more; "
        f"by docs/scale.md {most_steps} in all"
    )
    failures = sum(one["num_failures"] for one in statistics)
    if failures:
        raise OperationError(f"{failures} requests were not answered as they should be.")
    if decided > expected:
        raise OperationError("the authorizer runs more often than docs/scale.md assumes.")
    if steps + 1 > most_steps:
        raise OperationError("a sign-in is more requests to the tenant than docs/scale.md assumes.")
    if grown:
        raise OperationError(f"the memory of {', '.join(grown)} grows.")
    step("No errors, and memory is flat")


def visit(chosen: Settings, visitors: int, seconds: int) -> list[dict[str, float]]:
    """Run Locust and return its statistics, one for each kind of request.

    Raises:
        OperationError: Locust did not run.
    """
    environment = {
        **child_environment.for_program(),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'functions'}",
        "GATEHOUSE_LOAD_SITE": chosen.aws_url,
        "GATEHOUSE_LOAD_HOST": chosen.site_host,
        "GATEHOUSE_LOAD_TENANT": chosen.issuer.rstrip("/"),
    }
    command = [str(LOCUST), "-f", str(ROOT / "tests" / "load" / "locustfile.py"), "--headless", "--json"]
    command += ["-u", str(visitors), "-r", str(max(1, visitors // 5)), "-t", f"{seconds}s", "--loglevel", "WARNING"]
    log = chosen.logs / "load.txt"
    with log.open("w", encoding="utf-8") as errors:
        answer = subprocess.run(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, check=False
        )
    detail(f"Locust's own report, with the reason of each failure: {log}")
    try:
        found: list[dict[str, float]] = json.loads(answer.stdout)
    except ValueError as error:
        raise OperationError(f"Locust ended with {answer.returncode} and no figures.") from error
    return found


def decisions(begun: datetime) -> int:
    """Return how often the local system's authorizer has decided since a time, by its log."""
    read = Logs(deployed.find(environments.find(environments.LOCAL)))
    return sum("decision" in line.members for line in read.decisions(begun))


def most_decisions(statistics: list[dict[str, float]]) -> int:
    """Return how many decisions the model of docs/scale.md allows for these requests: one for each token and API."""
    return (count(statistics, "sign-in") + count(statistics, "renewal")) * quotas.APIS_USED


def count(statistics: list[dict[str, float]], kind: str) -> int:
    """Return how many requests of a kind there were."""
    return sum(int(one["num_requests"]) for one in statistics if str(one["name"]) == kind)


def table(statistics: list[dict[str, float]]) -> str:
    """Return the figures: requests, rate, median and 99th percentile in milliseconds, failures."""
    lines = [f"{'request':14}{'count':>8}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'failed':>8}"]
    for one in sorted(statistics, key=lambda entry: str(entry["name"])):
        times = sorted((float(ms), int(count)) for ms, count in dict(one["response_times"]).items())  # type: ignore[call-overload]
        seconds = max(one["last_request_timestamp"] - one["start_time"], 1)
        lines.append(
            f"{one['name']:14}{one['num_requests']:>8}{one['num_requests'] / seconds:>8.1f}"
            f"{percentile(times, 0.5):>8.0f}{percentile(times, 0.99):>8.0f}{one['num_failures']:>8}"
        )
    return "\n".join(lines)


def percentile(times: list[tuple[float, int]], share: float) -> float:
    """Return the time that a share of the requests did not exceed; `times` are sorted, each with its count."""
    wanted, seen = share * sum(count for _, count in times), 0
    for milliseconds, count in times:
        seen += count
        if seen >= wanted:
            return milliseconds
    return 0.0


class Memory:
    """Watches the resident memory of each service and its children, once a second, until `stop`."""

    def __init__(self, chosen: Settings) -> None:
        found = {service.name: services.running(service) for service in definitions.services(chosen)}
        self._processes = {name: process for name, process in found.items() if process is not None}
        self._seen: dict[str, list[int]] = {name: [] for name in self._processes}
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def stop(self) -> list[str]:
        """Print each service's memory; return those whose memory grew from the second quarter to the last."""
        self._ended.set()
        self._watcher.join()
        grown = []
        for name, sizes in self._seen.items():
            quarter = max(1, len(sizes) // 4)
            middle, last = max(sizes[quarter : 2 * quarter] or sizes), max(sizes[-quarter:])
            detail(f"memory of {name}: {middle / 1e6:.0f} MB, then {last / 1e6:.0f} MB")
            grown += [name] if last > middle * _GROWTH else []
        return grown

    def _watch(self) -> None:
        while not self._ended.is_set():
            for name, process in self._processes.items():
                self._seen[name].append(_resident(process))
            time.sleep(1)


def _resident(process: psutil.Process) -> int:
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


if __name__ == "__main__":
    run(main)
