"""Runs tests/pipeline against the applied root: the jobs of the workflows that deploy, in a separate process."""

import json
import subprocess
import sys

from scripts.check.cloud_root.sandbox import Sandbox
from scripts.child_environment import for_program
from scripts.errors import OperationError
from scripts.tools import ROOT

_TESTS = "tests/pipeline"


def check(sandbox: Sandbox) -> None:
    """Run the tests; they print a line for each case.

    Raises:
        OperationError: a test failed; its output says why.
    """
    applied = {
        "aws_url": sandbox.settings.aws_url,
        "domain": sandbox.domain,
        "certificate": str(sandbox.certificate),
        "credentials": dict(sandbox.credentials),
        "providers": str(sandbox.providers),
        "lock_file": str(sandbox.lock_file),
        "environment": sandbox.here(),
        "previews": sandbox.here_for_previews(),
    }
    sys.stdout.flush()
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-x", "--no-header", "--tb=short", _TESTS],
        cwd=ROOT,
        env={**for_program(), "GATEHOUSE_APPLIED_ROOT": json.dumps(applied)},
        check=False,
    )
    if ended.returncode:
        raise OperationError(f"{_TESTS} fails against what Terraform made; it says above why")
