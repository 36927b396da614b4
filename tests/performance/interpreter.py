"""A fresh interpreter, started as Lambda does: it loads the runtime client first, then only an archive."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import awslambdaric

from scripts.errors import OperationError
from tests.performance.material import Event

_SITE_PACKAGES = str(Path(awslambdaric.__file__).parents[1])

_PROGRAM = """
import json, sys, time
site_packages, folder, event, code, figure = sys.argv[1:]
sys.path.append(site_packages)
import awslambdaric.bootstrap
sys.path.remove(site_packages)
sys.path.insert(0, folder)
event = json.loads(event)

def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))

began = time.perf_counter()
exec(code)
print({"seconds": time.perf_counter() - began, "bytes": peak_bytes()}[figure])
"""


def run(folder: Path, code: str, figure: str, event: Event, environment: Mapping[str, str]) -> float:
    """Run code in a fresh interpreter and return a figure of it.

    The code can import only from the folder and from the standard library; `event` is a name in it. The figure is
    "seconds", the duration of the code, or "bytes", the process's peak of resident memory. Raises OperationError.
    """
    # Isolated, without site-packages, and without writing files, because /var/task is read-only in Lambda.
    command = [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, _SITE_PACKAGES, str(folder), json.dumps(event), code]
    done = subprocess.run([*command, figure], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperationError(f"a fresh interpreter failed: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout.splitlines()[-1])
