"""Runs the browser tests, in a real Chromium, against the applied root."""

import base64
import hashlib
import json
import subprocess
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts.check.cloud_root.sandbox import Sandbox
from scripts.child_environment import for_program
from scripts.errors import OperationError
from scripts.tools import ROOT

_TESTS = "tests/browser/test_signing_in.py"


def sign_in(sandbox: Sandbox) -> str:
    """Run the sign-in tests at the sandbox's site; return pytest's summary.

    Raises:
        OperationError: a test failed.
    """
    stack = {"site_url": sandbox.site_url, "auth0_url": f"https://{sandbox.domain}"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", _TESTS],
        cwd=ROOT,
        env={
            **for_program(("CHROMIUM",)),
            "GATEHOUSE_RUNNING_STACK": json.dumps(stack),
            "GATEHOUSE_BROWSER_FLAGS": f"--ignore-certificate-errors-spki-list={_key_hash(sandbox)}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise OperationError(
            f"{_TESTS} fails against what Terraform made:\n{ended.stdout[-4000:]}{ended.stderr[-1000:]}"
        )
    return ended.stdout.strip().splitlines()[-1]


def _key_hash(sandbox: Sandbox) -> str:
    """Return the option that makes Chromium accept exactly the tenant's certificate, without trusting its authority."""
    certificate = x509.load_pem_x509_certificate(sandbox.server_certificate.read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
