"""What keeps `make up` from ending is told, or put right by the next command. Each test has a stack of its own."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from scripts.local_stack import definitions, services
from scripts.tools import ROOT
from tests.conftest import Stack
from tests.system.conftest import succeeded


def test_a_taken_port_is_told_with_its_holder_and_leaves_nothing_half_done(new_stack: Stack) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(new_stack.settings.aws_port)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as holder:
        try:
            while not psutil.Process(holder.pid).net_connections():
                time.sleep(0.05)
            result = new_stack.command("up")
        finally:
            holder.terminate()
    assert result.returncode == 2
    assert f"port {new_stack.settings.aws_port} is used by" in result.stderr
    assert f"(process {holder.pid})" in result.stderr
    assert "GATEHOUSE_AWS_PORT" in result.stderr
    assert not any(map(services.running, definitions.services(new_stack.settings)))


@pytest.mark.timeout(420)
def test_an_apply_that_was_cut_short_is_put_right_by_the_next_up(new_stack: Stack) -> None:
    cut_short_while_applying(new_stack)
    said = succeeded(new_stack.command("up"))
    assert f"{new_stack.site_url}/" in said
    assert "no changes" in succeeded(new_stack.command("up"))


@pytest.mark.timeout(420)
def test_an_apply_that_was_cut_short_is_put_right_by_forgetting(new_stack: Stack) -> None:
    cut_short_while_applying(new_stack)
    succeeded(new_stack.command("down", "--forget"))
    assert not new_stack.settings.directory.exists()


def cut_short_while_applying(stack: Stack) -> None:
    """Kill `make up` and all it runs but the services, hard, in the middle of creating things."""
    up = subprocess.Popen(
        [sys.executable, "-m", "scripts.up"],
        cwd=ROOT,
        env=dict(stack.environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    log = stack.settings.logs / "terraform.log"
    deadline = time.monotonic() + 120
    while not (log.exists() and "aws_lambda_function.code: Creating..." in log.read_text()):
        assert up.poll() is None, "`make up` ended before it created a function"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(up.pid, signal.SIGKILL)
    up.wait(timeout=20)
