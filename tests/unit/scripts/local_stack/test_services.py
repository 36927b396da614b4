import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from scripts.errors import OperationError, UserError
from scripts.local_stack import services
from scripts.local_stack.services import Service

pytestmark = pytest.mark.process

SERVER = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    made = Service(
        name="web",
        command=(sys.executable, str(program), str(port)),
        environment={"PATH": os.environ["PATH"]},
        ports={port: "WEB_PORT"},
        health_url=f"http://127.0.0.1:{port}/",
        sources=(program,),
        directory=tmp_path,
    )
    yield made
    services.stop(made)


def process_of(service: Service) -> psutil.Process:
    process = services.running(service)
    assert process is not None
    return process


def test_a_service_is_started_once_and_found_again(service: Service) -> None:
    assert services.ensure(service) == "started"
    first = services.running(service)
    assert services.ensure(service) == "running"
    assert services.running(service) == first


def test_a_service_whose_folder_was_removed_is_found_and_stopped(service: Service) -> None:
    services.ensure(service)
    first = process_of(service)
    service.record.unlink()
    assert services.running(service) == first
    assert services.stop(service)
    assert not first.is_running()


def test_a_process_of_another_folder_on_the_port_is_not_taken_for_the_service(service: Service, tmp_path: Path) -> None:
    services.ensure(service)
    other = replace(service, directory=tmp_path / "other", environment={**service.environment, "FOLDER": "other"})
    assert services.running(other) is None
    with pytest.raises(UserError, match=rf"is used by .*\(process {process_of(service).pid}\); stop it there"):
        services.require_free_ports(other)


def test_a_port_whose_holder_is_hidden_is_not_called_process_none(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ensure(service)
    monkeypatch.setattr(psutil, "net_connections", lambda _kind: [])  # as if this user may not see the holder
    other = replace(service, directory=service.directory / "other", environment={"FOLDER": "other"})
    with pytest.raises(UserError, match="is used by another user's process"):
        services.require_free_ports(other)


def test_another_terminal_restarts_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    services.ensure(service)
    monkeypatch.setenv("WINDOWID", "another")
    assert services.ensure(service) == "running"


def test_the_developers_aws_settings_do_not_reach_a_service(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    services.ensure(service)
    assert "AWS_PROFILE" not in process_of(service).environ()


def test_a_changed_source_restarts_the_service(service: Service) -> None:
    services.ensure(service)
    first = process_of(service)
    service.sources[0].write_text(SERVER + "\n# changed\n")
    assert services.ensure(service) == "restarted"
    assert services.running(service) != first
    assert not first.is_running()


def test_a_stopped_service_is_gone_with_its_record(service: Service) -> None:
    services.ensure(service)
    process = process_of(service)
    assert services.stop(service)
    assert not process.is_running()
    assert not service.record.exists()
    assert not services.stop(service)


def test_a_service_that_was_killed_is_started_again(service: Service) -> None:
    services.ensure(service)
    killed = process_of(service)
    killed.send_signal(signal.SIGKILL)
    psutil.wait_procs([killed], timeout=60)
    assert services.running(service) is None
    assert services.ensure(service) == "started"


def test_a_corrupted_record_hides_no_process(service: Service) -> None:
    services.ensure(service)
    process = services.running(service)
    service.record.write_text("{")
    assert services.running(service) == process


def test_a_reused_process_id_is_not_taken_for_the_service(service: Service) -> None:
    service.record.write_text(f'{{"pid": {os.getpid()}, "started": 1.0, "digest": ""}}')
    assert services.running(service) is None
    assert not services.stop(service)


def test_a_port_in_use_names_the_process_and_the_variable(service: Service) -> None:
    port = next(iter(service.ports))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(UserError) as caught:
            services.ensure(service)
    assert f"port {port} is used by" in str(caught.value)
    assert f"(process {os.getpid()})" in str(caught.value)
    assert "set WEB_PORT to another port" in str(caught.value)


def test_a_service_that_ends_at_once_names_its_last_words_and_its_log(service: Service) -> None:
    broken = replace(service, command=(sys.executable, "-c", "raise SystemExit('no configuration')"))
    with pytest.raises(OperationError) as caught:
        services.ensure(broken)
    assert "it said: no configuration" in str(caught.value)
    assert str(broken.log) in str(caught.value)
    assert not broken.record.exists()
