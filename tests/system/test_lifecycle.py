"""`make up` again and after a kill, `down`, `status`, `logs`, `plan` and `apply`, all on the one running stack."""

import os

import psutil
import pytest

from scripts.local_stack import definitions, services
from scripts.local_stack.tenant import LocalTenant
from tests.conftest import Stack
from tests.system.conftest import succeeded


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
        f"==> {os.path.relpath(stack.settings.logs / name, stack.root)}"
        for name in ("aws.log", "auth0.log", "terraform.log")
    }


def test_planning_the_running_system_finds_nothing_to_do_and_an_altered_plan_is_refused(stack: Stack) -> None:
    said = succeeded(stack.command("plan", "local"))
    assert "No changes" in said
    assert "Nothing to apply: local is as declared" in said
    with (stack.settings.directory / "local.tfplan").open("ab") as plan:
        plan.write(b"altered after it was read")
    result = stack.command("apply", "local")
    assert result.returncode == 2
    assert "changed since local was planned; run `make plan ENV=local` first" in result.stderr


def test_the_drill_of_the_backups_exports_the_tenant_without_secrets_and_names_what_has_changed(stack: Stack) -> None:
    first = stack.command("backup-drill", "local")
    assert first.returncode == 2
    assert "no table of gatehouse-local keeps backups" in first.stderr
    tenant = LocalTenant(stack.settings)
    changed = {"description": "The drill sees this"}
    client = tenant.api.send("PATCH", f"clients/{tenant.client_id()}", body=changed)
    second = stack.command("backup-drill", "local").stdout
    assert f"since the last export: clients {client['name']} changed" in second
    exported = (stack.settings.directory / "tenant-export.json").read_text()
    assert changed["description"] in exported
    assert client["client_secret"] not in exported


@pytest.mark.long
def test_up_puts_right_an_emulator_that_was_killed(stack: Stack) -> None:
    aws = services.running(definitions.aws(stack.settings))
    assert aws is not None
    aws.kill()
    psutil.wait_procs([aws], timeout=120)
    assert "aws    stopped" in succeeded(stack.command("status"))
    assert "aws: started" in succeeded(stack.command("up"))
    with stack.http() as http:
        assert http.get("/api/movies/health").status_code == 200


def test_down_keeps_the_data_and_up_finds_it_again(stack: Stack) -> None:
    said = succeeded(stack.command("down"))
    assert "aws: stopped" in said
    assert "auth0: stopped" in said
    assert "no changes" in succeeded(stack.command("up"))
