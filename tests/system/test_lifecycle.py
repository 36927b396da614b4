"""`make up` again, after a change, after a kill, after being cut short; `make down`, `make plan` and `make apply`."""

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
from tests.system.conftest import SignIn

# A service outlives the command that started it, which is what this warning is about.
pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_second_up_restarts_nothing_and_changes_nothing(stack: Stack) -> None:
    processes = [services.running(service) for service in definitions.services(stack.settings)]
    said = succeeded(stack.command("up"))
    assert "no changes" in said
    assert "aws: running" in said
    assert "auth0: running" in said
    assert [services.running(service) for service in definitions.services(stack.settings)] == processes


def test_status_names_the_processes_and_the_address(stack: Stack) -> None:
    said = succeeded(stack.command("status"))
    for process in map(services.running, definitions.services(stack.settings)):
        assert process is not None
        assert f"process {process.pid}" in said
    assert f"answers at {stack.site_url}/" in said


def test_logs_show_every_log(stack: Stack) -> None:
    said = succeeded(stack.command("logs"))
    assert {line for line in said.splitlines() if line.startswith("==>")} >= {
        f"==> {stack.settings.logs / name} <==" for name in ("aws.log", "auth0.log", "terraform.log")
    }


def test_no_log_holds_a_token_or_an_email_address(stack: Stack, sign_in: SignIn) -> None:
    tokens = sign_in("amazon")
    with stack.http() as http:
        http.get("/api/movies", headers=tokens.bearer)
    for log in stack.settings.logs.glob("*.log"):
        text = log.read_text(errors="replace")
        assert tokens.access_token not in text
        assert tokens.refresh_token not in text
        assert "ada@example.com" not in text


def test_planning_the_running_system_finds_nothing_to_do(stack: Stack) -> None:
    said = succeeded(stack.command("plan", "local"))
    assert "No changes" in said
    assert "Nothing to apply: local is as declared" in said


def test_a_plan_is_refused_once_the_build_has_changed(stack: Stack) -> None:
    succeeded(stack.command("plan", "local"))
    extra = ROOT / "build" / "site" / "extra.txt"
    try:
        extra.write_text("built after the plan was read")
        result = stack.command("apply", "local")
    finally:
        extra.unlink()
    assert result.returncode == 2
    assert "have changed since local was planned; run `make plan ENV=local` first" in result.stderr


def test_up_puts_right_an_emulator_that_was_killed(stack: Stack) -> None:
    aws = services.running(definitions.aws(stack.settings))
    assert aws is not None
    aws.kill()
    psutil.wait_procs([aws], timeout=20)
    assert "aws    stopped" in succeeded(stack.command("status"))
    assert "aws: started" in succeeded(stack.command("up"))
    with stack.http() as http:
        assert http.get("/api/movies/health").status_code == 200


def test_down_keeps_the_data_and_up_finds_it_again(stack: Stack) -> None:
    said = succeeded(stack.command("down"))
    assert "aws: stopped" in said
    assert "auth0: stopped" in said
    assert "no changes" in succeeded(stack.command("up"))


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
