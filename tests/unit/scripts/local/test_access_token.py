"""`make tenant` and `make token`, as people run them: one real tenant, its page, and tokens on standard output."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from scripts.local_stack import settings
from tests.commands import run_module
from tests.conftest import MODULES, python_path

pytestmark = pytest.mark.process

type Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(directory: Path, root: Path) -> dict[str, str]:
    """Return the settings of a checkout's tenant on free ports, in its own folder."""
    names = ("aws_port", "auth0_port", "auth0_tls_port")
    ports = {settings.variable(name): str(port) for name, port in zip(names, settings.free_ports(3), strict=True)}
    return {**os.environ, **ports, "GATEHOUSE_LOCAL_DIR": str(directory), "PYTHONPATH": python_path(root)}


def runner(variables: dict[str, str], root: Path) -> Run:
    def run(verb: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run_module(MODULES[verb], *arguments, environment={**variables, **more}, root=root)

    return run


@contextlib.contextmanager
def running_tenant(chosen: dict[str, str], directory: Path, checkout: Path) -> Iterator[None]:
    """Run a checkout's `make tenant` while the block runs."""
    address = settings.from_environment(chosen).issuer
    command = [sys.executable, "-m", MODULES["tenant"], "--faults"]
    with (directory / "out").open("w") as out:
        process = subprocess.Popen(command, cwd=checkout, env=chosen, stdout=out, stderr=subprocess.STDOUT)
    try:
        while not _answers(address):
            assert process.poll() is None, (directory / "out").read_text()
            time.sleep(0.1)
        yield
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert "Traceback" not in (directory / "out").read_text()
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Iterator[dict[str, str]]:
    """Run `make tenant` with the tests' own access.yaml for the tests of this file."""
    directory = tmp_path_factory.mktemp("local")
    chosen = environment(directory, example)
    with running_tenant(chosen, directory, example):
        yield chosen


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}_faults", timeout=60).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture
def run(variables: dict[str, str], example: Path) -> Run:
    return runner(variables, example)


@pytest.mark.parametrize(("connection", "scope"), [("amazon", "read:Movies"), ("google-oauth2", "read:Devices")])
def test_only_the_token_is_printed_and_it_is_one_of_the_connection(run: Run, connection: str, scope: str) -> None:
    result = run("token", CONNECTION=connection)
    assert result.returncode == 0, result.stderr
    claims = jwt.decode(result.stdout.strip(), options={"verify_signature": False})
    assert claims["sub"].startswith(f"{connection}|")
    assert claims["scope"].split() == ["openid", "profile", "email", scope]
    assert result.stderr == f"scope: {claims['scope']}; valid for {claims['exp'] - claims['iat']} s\n"


def test_no_proxy_of_a_shell_is_asked_for_the_local_tenant(run: Run) -> None:
    result = run("token", CONNECTION="amazon", HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="socks5://127.0.0.1:9")
    assert result.returncode == 0, result.stderr


def test_scopes_can_be_asked_for_and_the_action_still_decides(run: Run) -> None:
    result = run("token", "--connection", "amazon", SCOPE="openid read:Devices")
    claims = jwt.decode(result.stdout.strip(), options={"verify_signature": False})
    assert claims["scope"].split() == ["openid", "read:Movies"]


@pytest.mark.parametrize(
    ("connection", "problem"), [("facebook", "there is no connection 'facebook'"), ("", "say which connection")]
)
def test_the_known_connections_are_named(run: Run, connection: str, problem: str) -> None:
    result = run("token", CONNECTION=connection)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"error: {problem}: CONNECTION=<one of amazon, google-oauth2>.\n"


def test_an_unknown_machine_client_is_refused(run: Run) -> None:
    result = run("token", CLIENT="reports")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: there is no machine client 'reports' in auth0/access.yaml")


def test_a_machine_client_of_access_yaml_gets_a_token_by_its_secret(run: Run) -> None:
    result = run("token", CLIENT="displays")
    assert result.returncode == 0, result.stderr
    claims = jwt.decode(result.stdout.strip(), options={"verify_signature": False})
    assert claims["scope"] == "read:Orders"
    assert claims["sub"].endswith("@clients")


def test_without_a_tenant_it_says_how_to_start_one(tmp_path: Path, example: Path) -> None:
    result = runner(environment(tmp_path, example), example)("token", CONNECTION="amazon")
    assert (result.returncode, result.stdout) == (2, "")
    assert "no local tenant answers at http://localhost:" in result.stderr
    assert "run `make up` or `make tenant`" in result.stderr


def test_a_refused_sign_in_is_reported_in_the_tenants_words(run: Run) -> None:
    result = run("token", CONNECTION="amazon", SCOPE='openid "')
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("error: the tenant refused the sign-in: invalid_scope: ")


def test_a_second_tenant_is_refused_with_the_port_to_move(run: Run) -> None:
    result = run("tenant")
    assert result.returncode == 2
    assert "set GATEHOUSE_AUTH0_PORT to another port" in result.stderr


@pytest.mark.parametrize(("verb", "told"), [("tenant", "--faults"), ("token", "CONNECTION")])
def test_help_says_how_to_call_it_through_make(run: Run, verb: str, told: str) -> None:
    result = run(verb, "--help")
    assert result.returncode == 0
    assert result.stdout.startswith(f"usage: make {verb}")
    assert told in result.stdout
