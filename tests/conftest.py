"""The running system that the system and browser tests share: their own stack, on free ports, in its own folder."""

import contextlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import hypothesis
import pytest

from scripts.check import shared_provider
from scripts.local_stack import definitions, settings
from scripts.local_stack.settings import Settings
from scripts.tools import ROOT
from tests.checkout import copy_checkout
from tests.commands import run_module
from tests.reaper import reaping
from tests.tls import CERTIFICATE_AUTHORITIES

PROCESS_FIXTURES = frozenset({"aws", "built", "dynamodb", "new_stack", "run_tenant", "stack", "tenant", "unstarted"})
"""The fixtures that start a process; the tests that use one are marked `process`."""
LONGEST = (
    *("test_jobs.py", "test_switch.py", "test_shares.py"),
    *("test_legacy.py", "test_rollback.py", "test_faults.py", "test_recovery.py", "test_interruptions.py"),
)
"""Files whose tests take half a minute or more. They run first, so that no worker is alone with one at the end."""
SERVICES = ROOT / "tests" / "unit" / "local"  # nearly every test there calls a running service
MODULES = dict(
    re.findall(r"^([a-z-]+):.*\n\t@\$\(RUN\) (scripts\.[\w.]+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
)
"""The module that each verb of the Makefile runs."""


# A true property also holds on a busy machine. `make mutants` shows that these few examples miss no mutant.
hypothesis.settings.register_profile(
    "any machine",
    max_examples=int(os.environ.get("EXAMPLES") or 40),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--no-processes`, which `make check` uses."""
    parser.addoption("--no-processes", action="store_true", help="leave out every test that starts a process")


def pytest_collection_finish(session: pytest.Session) -> None:
    """With `--no-processes`, let a test without the marker fail if it starts a process."""
    if session.config.getoption("--no-processes"):
        platform.processor()  # the standard library starts `uname` once, and caches the answer
        sys.addaudithook(_refuse_processes)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests whose fixtures start a process; with `--no-processes`, deselect them. Begin with the longest."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))
    for item in items:
        if item.path.is_relative_to(SERVICES) or PROCESS_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("process")
    if config.getoption("--no-processes"):
        left_out = [item for item in items if item.get_closest_marker("process")]
        items[:] = [item for item in items if not item.get_closest_marker("process")]
        config.hook.pytest_deselected(items=left_out)


def _refuse_processes(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"subprocess.Popen", "os.posix_spawn", "os.system"}:
        raise RuntimeError(f"this test starts {arguments[0]!r}; mark it with pytest.mark.process")


@pytest.fixture(scope="session", autouse=True)
def nothing_outlives_the_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """End all processes of the tests, even if a signal ends the run before its fixtures can."""
    if not any(item.get_closest_marker("process") for item in request.session.items):
        yield
        return
    with reaping(tmp_path_factory.getbasetemp()):
        yield


@dataclass(frozen=True)
class Stack:
    """The local system of a checkout; `command` runs a verb on it exactly as the Makefile does."""

    root: Path
    settings: Settings
    environment: Mapping[str, str]

    @property
    def site_url(self) -> str:
        """The site's address in a browser, without a trailing slash."""
        return self.settings.site_origin

    @property
    def auth0_url(self) -> str:
        """The local tenant's address in a browser, without a trailing slash."""
        return self.settings.issuer.rstrip("/")

    def command(self, verb: str, *arguments: str, **more_environment: str) -> subprocess.CompletedProcess[str]:
        """Run the module of `make <verb>`; return its output and exit code."""
        return run_module(
            MODULES[verb], *arguments, environment={**self.environment, **more_environment}, root=self.root
        )

    def http(self) -> httpx.Client:
        """Return a client that reaches the site as a browser would: names under `.localhost` may not resolve."""
        return httpx.Client(
            base_url=self.settings.aws_url,
            headers={"host": self.settings.site_host},
            timeout=30,
            trust_env=False,
            verify=CERTIFICATE_AUTHORITIES,
        )


@dataclass(frozen=True)
class ForeignStack:
    """A system that another process starts and stops: its addresses in a browser, without a trailing slash."""

    site_url: str
    auth0_url: str


def python_path(root: Path) -> str:
    """Return the path on which the Makefile's commands find a checkout's modules."""
    return os.pathsep.join(map(str, (root, root / "functions")))


def make_stack(directory: Path, root: Path = ROOT) -> Stack:
    """Return a stack of the checkout, not started, on free ports; `directory` is for its data."""
    names = [name for name in Settings.__dataclass_fields__ if name.endswith("_port")]
    chosen = {
        settings.variable(name): str(port) for name, port in zip(names, settings.free_ports(len(names)), strict=True)
    }
    environment = {**os.environ, **chosen, "GATEHOUSE_LOCAL_DIR": str(directory), "PYTHONPATH": python_path(root)}
    return Stack(root, settings.from_environment(environment), environment)


PYTHONPATH = python_path(ROOT)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a checkout with the tests' own APIs."""
    return copy_checkout(tmp_path_factory.mktemp("example") / "checkout").root


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack | ForeignStack]:
    """Start one stack with the tests' own APIs for all tests of the session; stop it however they end.

    The check of the cloud root already has one, and names it in GATEHOUSE_RUNNING_STACK.
    """
    if running := os.environ.get("GATEHOUSE_RUNNING_STACK"):
        yield ForeignStack(**json.loads(running))
        return
    plain = make_stack(tmp_path_factory.mktemp("stack"), request.getfixturevalue("example"))
    with aws_provider(plain) as provider:
        # No fault is active until a test requests one.
        environment = {**plain.environment, "GATEHOUSE_FAULTS": "1", "GATEHOUSE_AWS_PROVIDER": provider}
        made = Stack(plain.root, settings.from_environment(environment), environment)
        try:
            up = made.command("up")
            if up.returncode:
                pytest.fail(f"`make up` ended with {up.returncode}:\n{up.stdout}{up.stderr}", pytrace=False)
            yield made
        finally:
            made.command("down")


@contextlib.contextmanager
def aws_provider(stack: Stack) -> Iterator[str]:
    """Run the AWS provider of a stack for all its commands; yield its address for GATEHOUSE_AWS_PROVIDER."""
    terraform = definitions.terraform(stack.settings, {})
    terraform.init({"path": str(definitions.state_file(stack.settings))})
    root = stack.root / "terraform" / "local"
    with shared_provider.running(root, terraform.data_directory, terraform.environment) as variable:
        yield variable[shared_provider.VARIABLE]


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[Stack]:
    """The test's own stack of the repository as it is, not started; it is stopped afterwards."""
    made = make_stack(tmp_path / "local")
    try:
        yield made
    finally:
        made.command("down", "--forget")
