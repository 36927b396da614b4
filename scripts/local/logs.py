"""`make logs`: print the end of every log of an environment: services, Terraform, functions and gateways.

    make logs                           the last lines of each log of the local system
    make logs ENV=prod SINCE=1h         those of a deployed environment; by default, of the last 15 minutes
    make logs REQUEST=<id>              every line of one request; the id is in an answer's header x-amzn-requestid
    make logs FOLLOW=1                  follows the logs until Ctrl-C

The functions, the authorizer and the gateways write to CloudWatch, which is emulated on this machine.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts import deployed, environments
from scripts.child_environment import for_program
from scripts.errors import OperationError, UserError, run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.settings import Settings
from scripts.since import since

LINES = 40
_POLL_SECONDS = 1
# Lambda's own lines around each invocation say nothing about the request.
_NOISE = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START", "INIT_REPORT")


type Events = Callable[[int], Iterator[dict[str, Any]]]
"""Takes a time (Unix, milliseconds); returns the later events of all log groups: `group`, `timestamp`, `message`."""


def main() -> None:
    """Print the end of the logs; with FOLLOW=1, follow them.

    Raises:
        UserError: the system was never started, or no line has the id of the request.
        OperationError: AWS does not show the logs.
    """
    parser = environments.parser("logs", __doc__, default=environments.LOCAL)
    name = parser.parse_args().environment
    request = os.environ.get("REQUEST", "")
    try:
        if name in {None, "", environments.LOCAL}:
            _show(*_local(), 0, request)
        else:
            begun = since(os.environ.get("SINCE") or ("1d" if request else "15m"), datetime.now(UTC).astimezone())
            target = deployed.find(environments.find(name))
            _show([], partial(_events, target.client("logs"), target.name), int(begun.timestamp() * 1_000), request)
    except (BotoCoreError, ClientError) as error:
        raise OperationError(f"AWS does not show the logs: {error}.") from error


def _local() -> tuple[list[Path], Events]:
    chosen = settings.from_environment(os.environ)
    files = sorted(chosen.logs.glob("*.log"))
    if not files:
        raise UserError(f"there are no logs in {os.path.relpath(chosen.logs)}; `make up` starts the local system.")
    return files, partial(_local_events, chosen)


def _show(files: list[Path], events: Events, begun: int, request: str) -> None:
    if request:
        _print_request(request, files, events(begun))
        return
    for path in files:
        print(f"==> {os.path.relpath(path)}")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:]:
            print(line)
    last = begun
    groups: dict[str, list[str]] = {}
    for event in events(begun):
        groups.setdefault(event["group"], []).append(_shown(event))
        last = max(last, event["timestamp"])
    for group, lines in groups.items():
        print(f"==> {group} (CloudWatch)")
        print("\n".join(lines[-LINES:]))
    if not files and not groups:
        print("There are no lines since then; SINCE= reads further back.")
    if os.environ.get("FOLLOW"):
        _follow(files, events, last)


def _print_request(request: str, files: list[Path], found_events: Iterator[dict[str, Any]]) -> None:
    events = list(found_events)
    named = {request, *(other for event in events if request in event["message"] for other in _related(event))}
    found = [f"{event['group']}  {_shown(event)}" for event in events if any(one in event["message"] for one in named)]
    for path in files:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"{path.name}  {line}" for line in lines if request in line]
    if not found:
        raise UserError(f"no log has the request {request}; copy the id from the answer's header x-amzn-requestid.")
    print("\n".join(found))


def _related(event: dict[str, Any]) -> Iterator[str]:
    """Yield the invocation ids of one request, from the gateway's log lines."""
    with suppress(ValueError):
        line = json.loads(event["message"])
        for name in ("authorizer_request", "integration_request"):
            if isinstance(line, dict) and line.get(name, "-") != "-":
                yield line[name]


def _follow(files: list[Path], events: Events, last: int) -> None:
    command = ["tail", "-q", "-n", "0", "-F", *map(str, files)]
    tail = subprocess.Popen(command, env=for_program()) if files else None
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(_POLL_SECONDS)
            for event in events(last + 1):
                print(f"{event['group']}  {_shown(event)}", flush=True)
                last = max(last, event["timestamp"])
    if tail is not None:
        tail.terminate()
        tail.wait()


def _local_events(chosen: Settings, begun: int) -> Iterator[dict[str, Any]]:
    """Yield the events of the emulator; none while it does not run."""
    if services.running(definitions.aws(chosen)) is None:
        return
    session = boto3.Session("test", "test", region_name=definitions.REGION)
    with suppress(BotoCoreError, ClientError):  # the emulator is being stopped or recreated
        yield from _events(session.client("logs", endpoint_url=chosen.aws_url), settings.NAME, begun)


def _events(logs: Any, name: str, begun: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- boto3's client
    """Yield the events of an environment's log groups, without Lambda's own lines about each invocation."""
    for prefix in ("/aws/apigateway", "/aws/lambda"):
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"{prefix}/{name}-"):
            for group in page["logGroups"]:
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName=group["logGroupName"], startTime=begun
                )
                for event in (event for found in pages for event in found["events"]):
                    if not event["message"].startswith(_NOISE):
                        yield {"group": group["logGroupName"], **event}


def _shown(event: dict[str, Any]) -> str:
    when = datetime.fromtimestamp(event["timestamp"] / 1_000).astimezone().strftime("%H:%M:%S")
    return f"{when} {event['message'].rstrip()}"


if __name__ == "__main__":
    run(main)
