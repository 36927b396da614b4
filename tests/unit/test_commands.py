"""A module that a test starts does not outlive the test run."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process

PROGRAM = """
import os, pathlib, time
from tests.commands import start_module
log = pathlib.Path(os.devnull)
print(start_module("http.server", "0", "--bind", "127.0.0.1", environment={}, stdout=log, stderr=log).pid, flush=True)
time.sleep(3600)
"""


def test_a_started_module_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        started = psutil.Process(int(run.stdout.readline()))
        run.kill()
    psutil.wait_procs([started], timeout=120)
    assert not started.is_running()
