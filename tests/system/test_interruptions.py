"""Interruptions of `make up`: the next command reports or repairs each. Each test has its own stack."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.build.data_files import load_access, load_apis
from scripts.build.data_files.operations import operations
from scripts.local_stack import definitions, services, settings
from scripts.tools import ROOT
from tests.conftest import Stack
from tests.system.conftest import sign_in_afresh, succeeded


@pytest.mark.parametrize("field", ["aws_port", "auth0_tls_port"])
def test_a_taken_port_is_reported_with_its_holder_and_leaves_nothing_half_done(new_stack: Stack, field: str) -> None:
    port = getattr(new_stack.settings, field)
    with socket.create_server(("127.0.0.1", port)):
        result = new_stack.command("up")
    assert result.returncode == 2
    assert f"port {port} is used by" in result.stderr
    assert f"(process {os.getpid()})" in result.stderr
    assert settings.variable(field) in result.stderr
    assert not any(map(services.running, definitions.services(new_stack.settings)))


def test_without_the_aws_provider_nothing_is_started(new_stack: Stack, tmp_path: Path) -> None:
    result = new_stack.command("up", PROVIDER_MIRROR=str(tmp_path))
    assert result.returncode == 2
    assert "name the mirror's top folder" in result.stderr
    assert not new_stack.settings.directory.exists()


@pytest.mark.long
@pytest.mark.timeout(420)
def test_an_apply_that_was_cut_short_is_put_right_by_the_next_up(new_stack: Stack) -> None:
    # A function exists that the state does not know. The provider would retry to create it for 5 minutes.
    cut_short_while_applying(new_stack, "aws_lambda_function.code: Creation complete")
    said = succeeded(new_stack.command("up"))
    assert "the last apply was cut short; resetting the emulated AWS" in said
    assert f"{new_stack.site_url}/" in said
    assert not definitions.terraform(new_stack.settings, {}).was_cut_short  # so the next `make up` does not reset it
    assert_answers_as_declared(new_stack)


@pytest.mark.long
@pytest.mark.timeout(420)
def test_an_apply_that_was_cut_short_is_put_right_by_forgetting(new_stack: Stack) -> None:
    cut_short_while_applying(new_stack, ": Creating...")
    succeeded(new_stack.command("down", "--forget"))
    assert not new_stack.settings.directory.exists()


@pytest.mark.long
@pytest.mark.skipif(not int(os.environ.get("KILLS") or 0), reason="a stack of its own: `make faults` asks for it")
@pytest.mark.timeout(900)
def test_an_emulated_aws_that_is_killed_in_an_apply_is_created_again_whole(new_stack: Stack, tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    up = begin_up(new_stack, said)
    wait_until_applying(new_stack, up, "aws_lambda_function.code: Creation complete")
    aws = services.running(definitions.aws(new_stack.settings))
    assert aws is not None
    aws.kill()
    assert up.wait(timeout=600) == 0, said.read_text()
    assert "the emulated AWS ended in the middle of the apply; resetting the emulated AWS" in said.read_text()
    assert "no changes" in succeeded(new_stack.command("up"))
    assert_answers_as_declared(new_stack)


def assert_answers_as_declared(stack: Stack) -> None:
    """Fail unless every connection of the repository's access.yaml opens what it grants in the repository's APIs."""
    lists = [
        operation
        for document in load_apis(ROOT / "functions").values()
        for operation in operations(document)
        if operation.method == "GET" and "{" not in operation.path
    ]
    assert lists
    for name, connection in load_access(ROOT / "auth0" / "access.yaml")["connections"].items():
        bearer = sign_in_afresh(stack, name).bearer
        with stack.http() as http:
            answered = {each.path: http.get(f"/api{each.path}", headers=bearer).status_code for each in lists}
        assert answered == {each.path: 200 if each.allows(set(connection["scopes"])) else 403 for each in lists}


def cut_short_while_applying(stack: Stack, moment: str) -> None:
    """Kill `make up` and its children except the services, with SIGKILL, once Terraform's log has a text."""
    up = begin_up(stack, Path(os.devnull))
    wait_until_applying(stack, up, moment)
    os.killpg(up.pid, signal.SIGKILL)
    up.wait(timeout=120)


def begin_up(stack: Stack, said: Path) -> subprocess.Popen[bytes]:
    """Start `make up` in its own process group, with its output in `said`."""
    with said.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.local.up"],
            cwd=ROOT,
            env=dict(stack.environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until_applying(stack: Stack, up: subprocess.Popen[bytes], moment: str) -> None:
    """Wait until Terraform's log has a text."""
    log = stack.settings.logs / "terraform.log"
    deadline = time.monotonic() + 600
    while not (log.exists() and moment in log.read_text()):
        assert up.poll() is None, f"`make up` ended before {moment}"
        assert time.monotonic() < deadline
        time.sleep(0.05)
