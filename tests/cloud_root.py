"""`make test-cloud-root`: run the check of the cloud root in a copy of the checkout that holds the tests' own APIs.

So a project that replaces the APIs and the connections has the same check. The copy stays if the check fails.
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.console import detail
from scripts.tools import ROOT
from tests.checkout import copy_checkout

_OWN = (".git", ".local", "build")
_COMMENTS = Path("build") / "pull-requests"


def main() -> int:
    """Run the check and return its exit code; a signal goes on to it, because it has services to stop."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-checkout-"))
    checkout = copy_checkout(folder / "checkout", machine_clients="").root  # the check adds one itself
    for path in ROOT.iterdir():
        if path.name not in _OWN and not (checkout / path.name).exists():
            (checkout / path.name).symlink_to(path)
    with subprocess.Popen([sys.executable, "-m", "scripts.check.cloud_root"], cwd=checkout) as check:
        signal.signal(signal.SIGTERM, lambda *_: check.terminate())
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the check as well
        code = check.wait()
    if (checkout / _COMMENTS).exists():
        shutil.copytree(checkout / _COMMENTS, ROOT / _COMMENTS, dirs_exist_ok=True)
    if code:
        detail(f"the checkout is left in {checkout}")
    else:
        shutil.rmtree(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
