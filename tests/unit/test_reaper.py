"""The reaper distinguishes a process that has ended from a running one."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.reaper import end_all, left_of

pytestmark = pytest.mark.process


def test_a_process_that_has_ended_counts_as_ended_before_its_parent_collects_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", str(tmp_path)]) as sleeper:
        try:
            end_all(tmp_path)
            known = psutil.Process(sleeper.pid)
            assert known.status() == psutil.STATUS_ZOMBIE
            assert left_of({known}) == []
        finally:
            sleeper.kill()
