"""A killed test run leaves no process, neither of its stack nor of the unit tests' fixtures."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from scripts.tools import ROOT
from tests.conftest import PYTHONPATH

pytestmark = [pytest.mark.process, pytest.mark.long]

RUN = """
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from scripts.local_stack import definitions, services
from tests.commands import run_module
from tests.unit.local.tenant.conftest import running


def test_that_does_not_end(new_stack, tmp_path):
    for service in definitions.services(new_stack.settings):
        services.ensure(service)
    with running(tmp_path / "tenant") as tenant:
        server = psutil.Process(tenant.process.pid).parent()
        arguments = ("http.server", "0", "--bind", "127.0.0.1")
        threading.Thread(target=run_module, args=arguments, kwargs={"environment": {}}, daemon=True).start()
        while len(server.children()) < 2:
            time.sleep(0.05)
        started = psutil.Process().children(recursive=True)
        part = Path(os.environ["STARTED"] + ".part")
        part.write_text("\\n".join(str(each.pid) for each in started))
        part.rename(os.environ["STARTED"])
        time.sleep(3_600)
"""


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_a_killed_run_leaves_no_process(tmp_path: Path, ending: signal.Signals) -> None:
    (tmp_path / "test_endless.py").write_text(RUN)
    started, log = tmp_path / "started", tmp_path / "log"
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--rootdir", str(ROOT), "-c", "pyproject.toml"]
    variables = {"PYTHONPATH": PYTHONPATH, "STARTED": str(started), "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
    with log.open("w") as out:
        run = subprocess.Popen(
            [*command, str(tmp_path / "test_endless.py")],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=out,
            stderr=out,
        )
    while not started.exists():
        assert run.poll() is None, log.read_text()
        time.sleep(0.1)
    processes = [psutil.Process(int(pid)) for pid in started.read_text().split()]
    assert {"local.aws", "local.tenant"} <= {word for each in processes for word in each.cmdline()}
    run.send_signal(ending)
    run.wait()
    _, left = psutil.wait_procs(processes, timeout=120)
    assert [each.cmdline() for each in left] == []
