from __future__ import annotations

import os
import socket
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import psutil
import pytest

from local.aws import environment, private_names
from local.start import StartError
from scripts.tools import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.local.aws.conftest import LocalAws


def run(aws: LocalAws, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.aws"],
        env={"PATH": os.environ["PATH"], "GATEHOUSE_LOCAL_DIR": str(aws.folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_sentence_that_names_the_setting(unstarted: LocalAws) -> None:
    with socket.create_server(("127.0.0.1", unstarted.port)):
        ended = run(unstarted, GATEHOUSE_AWS_PORT=str(unstarted.port))

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: port {unstarted.port} is in use")
    assert "GATEHOUSE_AWS_PORT" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "4566.0", "٤٥"])
def test_a_value_that_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(StartError, match="GATEHOUSE_AWS_PORT"):
        environment.prepare({"GATEHOUSE_AWS_PORT": port, "GATEHOUSE_LOCAL_DIR": str(tmp_path)})


def test_it_listens_on_loopback_only(aws: LocalAws) -> None:
    listening = [c.laddr for c in psutil.Process(aws.pid).net_connections() if c.status == "LISTEN"]

    assert listening == [("127.0.0.1", aws.port)]


def test_the_settings_that_keep_it_local_cannot_be_overridden(tmp_path: Path) -> None:
    variables = {
        "BIND_HOST": "0.0.0.0",  # noqa: S104 - must have no effect
        "AWS_ENDPOINT_URL": "https://example.com",
        "GATEHOUSE_LOCAL_DIR": str(tmp_path),
    }

    assert environment.prepare(variables) == 4566
    assert variables["BIND_HOST"] == "127.0.0.1"
    assert "AWS_ENDPOINT_URL" not in variables


def test_state_is_kept_under_the_local_folder_unless_said_otherwise(tmp_path: Path) -> None:
    variables = {"GATEHOUSE_LOCAL_DIR": str(tmp_path), "S3_DATA_DIR": str(tmp_path / "elsewhere")}

    environment.prepare(variables)

    assert variables["STATE_DIR"] == str(tmp_path / "aws" / "state")
    assert variables["S3_DATA_DIR"] == str(tmp_path / "elsewhere")


def test_what_an_earlier_run_left_is_removed_at_start(unstarted: LocalAws) -> None:
    left = unstarted.folder / "aws" / "tmp" / "ministack-lambda-left"
    left.mkdir(parents=True)

    unstarted.start()

    assert not left.exists()


def test_another_ministack_than_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_names, "PINNED_VERSION", "0.0.0")

    with pytest.raises(StartError, match=r"needs ministack 0\.0\.0 but found .*delete \.venv"):
        private_names.require_pinned_version()


def test_a_private_name_that_is_gone_is_named() -> None:
    module = ModuleType("ministack.somewhere")
    setattr(module, "there", True)  # noqa: B010 - a module type has no such attribute

    with pytest.raises(StartError, match=r"ministack\.somewhere has no _gone, which"):
        private_names.require(module, "there", "_gone")
    with pytest.raises(StartError, match=r"ministack\.somewhere has no _gone, which"):
        private_names.wrap(module, "_gone", print)


def test_the_pinned_version_is_the_one_that_is_installed_from_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text()

    assert f'"ministack=={private_names.PINNED_VERSION}"' in project
