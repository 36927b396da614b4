"""The entry point of a function, in its own process: the guard wraps any handler."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process
HANDLER = "def handler(event, context): return {'statusCode': 200, 'body': 'open'}\n"
DOCUMENT = {"paths": {"/orders": {"get": {"security": [{"auth0": ["read:Orders"]}]}}}}
ASK = """
import json, sys
from guard.main import handler
for scope in ("read:Orders", "read:Movies"):
    event = {"httpMethod": "GET", "resource": "/orders", "requestContext": {"authorizer": {"scope": scope}}}
    sys.stderr.write(f"{handler(event, None)['statusCode']} ")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A function with another author's handler, in the form of its zip."""
    shutil.copytree(ROOT / "functions" / "guard", tmp_path / "guard", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "handler.py").write_text(HANDLER, encoding="utf-8")
    (tmp_path / "orders" / "openapi.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    whole = {name: value for name, value in os.environ.items() if name != "API"} | environment
    return subprocess.run(
        [sys.executable, "-c", ASK], cwd=folder, env=whole, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_handler_that_checks_nothing_is_checked(folder: Path) -> None:
    done = run(folder, API="orders")
    assert done.stderr.split() == ["200", "403"]
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == [200, 403]


def test_without_the_name_of_its_api_the_function_does_not_start(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 1
    assert "the environment variable API is not set" in done.stderr.splitlines()[-1]
