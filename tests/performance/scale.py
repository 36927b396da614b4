"""`make bench-scale` (`python -m tests.performance.scale [count ...]`): measure what grows with the number of APIs.

For 1, 10, 100 and 300 APIs of ten operations it builds a project and measures the build, the authorizer and a plan of
the module stack. Terraform's providers are mocked, so the plan's time is Terraform's own, without calls to AWS. Compare
the times only with each other, on the same machine. Those of the authorizer are the best of several rounds. Exit code 1
if an answer of the authorizer exceeds API Gateway's 8 KB, or if the number of resources for an API is not constant.
"""

import copy
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from authorizer import access_model
from scripts import child_environment, command_line, provider_mirror
from scripts.build.artifacts import machine_architecture
from scripts.build.data_files import load_project, policies
from scripts.build.functions import AUTHORIZER, build_functions
from scripts.build.new_api import folder
from scripts.console import detail, step
from scripts.errors import OperationError, UserError, run
from scripts.tools import ROOT, TERRAFORM, require
from tests.performance import interpreter
from tests.performance.material import Archive, Event, Issuer, load_handler, logging_to
from tests.performance.rounds import of_each

COUNTS = (1, 10, 100, 300)
OPERATIONS = 10
CONNECTION_NAME = "amazon"
COLD_ROUNDS, WARM_ROUNDS = 9, 200
_MODULES = ("function", "rest_api", "site", "stack")
_DECIDE = "from authorizer.main import handler; handler(event, None)"
_HANDLER = 'def handler(event, context):\n    return {"statusCode": 200, "body": "{}"}\n'
_PLAN = """
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

run "plan" {
  command = plan
}
"""


@dataclass(frozen=True)
class Figures:
    """The figures of one number of APIs; times in seconds."""

    apis: int
    check: float
    build: float
    plan: float
    resources: int
    largest_answer_bytes: int
    cold: float
    warm: float
    config_bytes: int


def main() -> None:
    """Measure each number of APIs, and print a line for each."""
    parser = command_line.parser("bench-scale", __doc__)
    parser.add_argument("counts", nargs="*", type=int, metavar="count", help="numbers of APIs; default: 1 10 100 300")
    counts = parser.parse_args().counts or list(COUNTS)
    if min(counts) < 1:
        raise UserError("a number of APIs is at least 1")
    measured: list[Figures] = []
    for count in counts:
        step(f"Measuring {count} APIs of {OPERATIONS} operations")
        with tempfile.TemporaryDirectory() as name:
            measured.append(measure(Path(name), count))
        show(measured)  # at once, because the next number may take long
    if problems := list(broken(measured)):
        raise OperationError("; ".join(problems))


def broken(measured: list[Figures]) -> Iterator[str]:
    """Yield a sentence for each exceeded bar."""
    for figures in measured:
        if figures.largest_answer_bytes > policies.ANSWER_LIMIT:
            yield f"with {figures.apis} APIs an answer has {figures.largest_answer_bytes} bytes"
    for one, other in itertools.pairwise(measured):
        if other.apis > one.apis and (other.resources - one.resources) % (other.apis - one.apis):
            yield f"from {one.apis} to {other.apis} APIs the resources of an API are not a constant"


def measure(root: Path, count: int) -> Figures:
    """Make a project of so many APIs below `root`, and measure it."""
    names = make_project(root, count)
    started = time.perf_counter()
    project = load_project(root)
    checked = time.perf_counter()
    built = {each.path.stem: each.path for each in build_functions(root, root / "build", machine_architecture())}
    finished = time.perf_counter()
    detail(f"checked in {checked - started:.1f} s, built in {finished - checked:.1f} s; planning")
    planned_seconds, plan = _plan(root)
    created = [change for change in plan["resource_changes"] if change["change"]["actions"] == ["create"]]
    config = next(change for change in created if change["address"] == "module.site.aws_s3_object.config")
    model = access_model.parse(json.dumps(project.access_model))
    cold, warm = _authorizer(built[AUTHORIZER], names[-1], project.access["audience"])
    return Figures(
        apis=count,
        check=checked - started,
        build=finished - checked,
        plan=planned_seconds,
        resources=len(created),
        largest_answer_bytes=max(size for _, _, size in policies.largest_answers(model)),
        cold=cold,
        warm=warm,
        config_bytes=len(config["change"]["after"]["content"].encode()),
    )


def make_project(root: Path, count: int) -> list[str]:
    """Write the project: our functions, and APIs of ten operations, with a connection that grants their scopes."""
    (root / "functions").mkdir(parents=True)
    for package in (AUTHORIZER, "guard", "table_api"):
        shutil.copytree(
            ROOT / "functions" / package, root / "functions" / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "functions" / "openapi.schema.json", root / "functions")
    for part in ("requirements", "auth0"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy(ROOT / ".python-version", root)
    (root / "site").symlink_to(ROOT / "site")
    (root / "build").mkdir()
    (root / "build" / "cache").symlink_to(ROOT / "build" / "cache")
    names = [f"service{number:03}" for number in range(count)]
    scopes: dict[str, str] = {}
    for name in names:
        place = root / "functions" / name
        place.mkdir()
        files = folder.files(name, writes=True)
        for file, text in files.items():
            (place / file).write_text(text, encoding="utf-8")
        (place / "handler.py").write_text(_HANDLER, encoding="utf-8")
        (place / "openapi.yaml").write_text(json.dumps(with_ten_operations(name, files["openapi.yaml"])))
        scopes |= {f"{verb}:{name.capitalize()}": verb for verb in ("read", "write")}
    access = {
        "audience": "https://scale.example/",
        "scopes": scopes,
        "connections": {CONNECTION_NAME: {"display_name": "Amazon", "scopes": list(scopes)}},
    }
    (root / "auth0" / "access.yaml").write_text(json.dumps(access), encoding="utf-8")
    return names


def with_ten_operations(name: str, text: str) -> dict[str, Any]:
    """Return the document of a new API with four more operations, and one scope for all writing operations.

    Auth0 allows a thousand scopes, so three hundred APIs cannot have four each.
    """
    document: dict[str, Any] = yaml.safe_load(re.sub(r"\b(create|update|delete):(?=[A-Z])", "write:", text))
    paths = document["paths"]
    for method, path, addition in (
        ("get", "/{id}", "/parts"),
        ("get", "/{id}", "/notes"),
        ("put", "/{id}", "/state"),
        ("delete", "/{id}", "/state"),
    ):
        operation = copy.deepcopy(paths[f"/{name}{path}"][method])
        operation["operationId"] += addition.removeprefix("/").capitalize()
        paths.setdefault(f"/{name}{path}{addition}", {})[method] = operation
    return document


def _plan(root: Path) -> tuple[float, dict[str, Any]]:
    """Plan the module stack with mocked providers; return the seconds and the plan as JSON."""
    modules = root / "terraform" / "modules"
    for module in _MODULES:
        shutil.copytree(
            ROOT / "terraform" / "modules" / module,
            modules / module,
            ignore=shutil.ignore_patterns("tests", ".terraform*"),
        )
    stack = modules / "stack"
    shutil.copytree(ROOT / "terraform" / "modules" / "stack" / "tests" / "site", stack / "tests" / "site")
    (stack / "tests" / "scale.tftest.hcl").write_text(_PLAN, encoding="utf-8")
    variables = {
        "project": "gatehouse",
        "environment": "scale",
        "client_id": "abc",
        "login_flow": "code",
        "access": json.loads((root / "auth0" / "access.yaml").read_text(encoding="utf-8")),
        "tokens": {
            "issuer": "https://scale.eu.auth0.com/",
            "signing_algorithm": "RS256",
            "jwks": '{"keys": [{"kid": "1"}]}',
        },
        "directories": {"functions": f"{root}/functions", "archives": f"{root}/build", "site": f"{stack}/tests/site"},
        "architecture": machine_architecture(),
        "edge": {"cache_behaviors_quota": 1_000},
        "protect_data": True,
    }
    (stack / "terraform.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")
    terraform = str(require(TERRAFORM))
    environment = {
        **child_environment.for_terraform(),
        "TF_CLI_CONFIG_FILE": str(provider_mirror.cli_config(root / "terraform.tfrc")),
        "CHECKPOINT_DISABLE": "1",
        "AWS_REGION": "us-east-1",
    }
    _terraform([terraform, "init", "-backend=false", "-input=false", "-no-color"], stack, environment)
    started = time.perf_counter()
    output = _terraform([terraform, "test", "-json", "-verbose"], stack, environment)
    seconds = time.perf_counter() - started
    messages = [json.loads(line) for line in output.splitlines()]
    plan: dict[str, Any] = next(message["test_plan"] for message in messages if message.get("type") == "test_plan")
    return seconds, plan


def _terraform(command: list[str], directory: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperationError(f"terraform {command[1]} failed: {(done.stderr or done.stdout)[-2_000:]}")
    return done.stdout


def _authorizer(archive: Path, api: str, audience: str) -> tuple[float, float]:
    """Return the seconds of a first decision in a fresh interpreter, and of a warm one."""
    issuer = Issuer(audience)
    title = api.capitalize()
    with tempfile.TemporaryDirectory() as name:
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(name)
        events = [_event(issuer, api, f"read:{title} write:{title}", user) for user in range(16)]
        cold = min(
            interpreter.run(Path(name), _DECIDE, "seconds", events[0], issuer.settings) for _ in range(COLD_ROUNDS)
        )
        handler = load_handler(Archive({}, Path(name), {}), issuer)
        with logging_to(os.devnull):
            one_round = of_each(handler, events)
            warm = min(one_round() for _ in range(WARM_ROUNDS))
    return cold, warm


def _event(issuer: Issuer, api: str, scope: str, user: int) -> Event:
    now = int(time.time())
    claims = {
        "iss": issuer.settings["ISSUERS"],
        "sub": f"{CONNECTION_NAME}|user-{user}",
        "aud": issuer.audience,
        "iat": now,
        "exp": now + 7200,
        "azp": "0123456789abcdefghijklmnopqrstuv",
        "scope": scope,
    }
    return {
        "type": "TOKEN",
        "authorizationToken": f"Bearer {issuer.sign(json.dumps(claims).encode())}",
        "methodArn": f"arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/{api}",
    }


def show(measured: list[Figures]) -> None:
    """Print a line for each number of APIs."""
    line = "{:>5} {:>9} {:>9} {:>9} {:>10} {:>8} {:>14} {:>9} {:>9} {:>12}"
    print(
        line.format(
            "APIs",
            "check s",
            "build s",
            "plan s",
            "resources",
            "per API",
            "answer bytes",
            "cold ms",
            "warm µs",
            "config kB",
        )
    )
    for before, figures in zip([None, *measured], measured, strict=False):
        each = "" if before is None else f"{(figures.resources - before.resources) / (figures.apis - before.apis):g}"
        print(
            line.format(
                figures.apis,
                f"{figures.check:.1f}",
                f"{figures.build:.1f}",
                f"{figures.plan:.1f}",
                figures.resources,
                each,
                figures.largest_answer_bytes,
                f"{figures.cold * 1e3:.1f}",
                f"{figures.warm * 1e6:.0f}",
                f"{figures.config_bytes / 1e3:.1f}",
            )
        )


if __name__ == "__main__":
    run(main)
