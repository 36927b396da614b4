"""`make logs`: print the end of every log of the local system: services, Terraform, functions and gateways.

    make logs                 the last lines of each
    make logs REQUEST=<id>    every line of one request: the id that an answer carries in x-amzn-requestid
    make logs FOLLOW=1        follows the logs until Ctrl-C

The functions and the gateways write to the emulated CloudWatch, the authorizer's decisions among them.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from scripts.child_environment import for_program
from scripts.errors import UserError, run
from scripts.local_stack import definitions, services, settings
from scripts.local_stack.settings import Settings

LINES = 40
_POLL_SECONDS = 1
# Lambda's own lines around each invocation carry nothing about the request.
_NOISE = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START", "INIT_REPORT")


def main() -> None:
    """Print the end of the logs, then follow them if asked to.

    Raises:
        UserError: nothing was ever started, or no line has the id of the request.
    """
    chosen = settings.from_environment(os.environ)
    files = sorted(chosen.logs.glob("*.log"))
    if not files:
        raise UserError(f"there are no logs in {os.path.relpath(chosen.logs)}; `make up` starts the local system.")
    if request := os.environ.get("REQUEST"):
        _print_request(request, files, chosen)
        return
    for path in files:
        print(f"==> {os.path.relpath(path)}")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:]:
            print(line)
    last = 0
    groups: dict[str, list[str]] = {}
    for event in _events(chosen):
        groups.setdefault(event["group"], []).append(_shown(event))
        last = max(last, event["timestamp"])
    for group, lines in groups.items():
        print(f"==> {group} (CloudWatch)")
        print("\n".join(lines[-LINES:]))
    if os.environ.get("FOLLOW"):
        _follow(files, chosen, last)


def _print_request(request: str, files: list[Path], chosen: Settings) -> None:
    events = list(_events(chosen))
    named = {request, *(other for event in events if request in event["message"] for other in _related(event))}
    found = [f"{event['group']}  {_shown(event)}" for event in events if any(one in event["message"] for one in named)]
    for path in files:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"{path.name}  {line}" for line in lines if request in line]
    if not found:
        raise UserError(f"no log has the request {request}; an answer's x-amzn-requestid names it.")
    print("\n".join(found))


def _related(event: dict[str, Any]) -> Iterator[str]:
    """Yield the invocation ids of one request, from the gateway's log lines."""
    with suppress(ValueError):
        line = json.loads(event["message"])
        for name in ("authorizer_request", "integration_request"):
            if isinstance(line, dict) and line.get(name, "-") != "-":
                yield line[name]


def _follow(files: list[Path], chosen: Settings, last: int) -> None:
    tail = subprocess.Popen(["tail", "-q", "-n", "0", "-F", *map(str, files)], env=for_program())
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(_POLL_SECONDS)
            for event in _events(chosen, since=last + 1):
                print(f"{event['group']}  {_shown(event)}", flush=True)
                last = max(last, event["timestamp"])
    tail.terminate()
    tail.wait()


def _events(chosen: Settings, since: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the events of all log groups from `since` (Unix, milliseconds) on; none while the emulator does not run."""
    if services.running(definitions.aws(chosen)) is None:
        return
    session = boto3.Session("test", "test", region_name=definitions.REGION)
    logs = session.client("logs", endpoint_url=chosen.aws_url)
    with suppress(BotoCoreError, ClientError):  # the emulator is being stopped or recreated
        for group in logs.describe_log_groups()["logGroups"]:
            name = group["logGroupName"]
            for event in logs.filter_log_events(logGroupName=name, startTime=since)["events"]:
                if not event["message"].startswith(_NOISE):
                    yield {"group": name, "timestamp": event["timestamp"], "message": event["message"]}


def _shown(event: dict[str, Any]) -> str:
    when = datetime.fromtimestamp(event["timestamp"] / 1_000).astimezone().strftime("%H:%M:%S")
    return f"{when} {event['message'].rstrip()}"


if __name__ == "__main__":
    run(main)
