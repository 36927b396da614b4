"""The package as Lambda starts it: in its own process, from a folder with the code and its access model."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.tools import ROOT

pytestmark = pytest.mark.process

type Workshop = Any  # conftest.Workshop, which pytest's importlib mode does not let us import
type Start = Callable[..., subprocess.CompletedProcess[str]]

SOURCE = ROOT / "functions" / "authorizer"
DECIDE = """
import json, sys
before = set(sys.modules)
from authorizer.main import handler
answer = handler(json.loads(sys.argv[1]), None)
print(json.dumps({"answer": answer, "modules": sorted(set(sys.modules) - before)}))
"""


OFFLINE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise SystemExit(f"network: {event}")
sys.addaudithook(refuse)
"""


@pytest.fixture
def folder(tmp_path: Path, access_model_text: str) -> Path:
    shutil.copytree(SOURCE, tmp_path / "authorizer", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "authorizer" / "access_model.json").write_text(access_model_text)
    return tmp_path


@pytest.fixture
def start(folder: Path, workshop: Workshop) -> Start:
    def run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "ISSUERS": workshop.issuer,
            "JWKS": workshop.jwks.decode(),
            "SUBJECT_HASH_KEY": "0" * 16,
        } | environment
        path = os.environ["PATH"]
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def event(workshop: Workshop) -> str:
    now = int(time.time())
    token = workshop.token(claims={"iat": now, "exp": now + 60})
    arn = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"
    return json.dumps({"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": arn})


def test_the_entry_point_decides_and_logs_a_line_of_json(start: Start, workshop: Workshop) -> None:
    done = start(DECIDE, event(workshop))
    assert done.stderr == ""
    entry, result = map(json.loads, done.stdout.splitlines())
    assert entry["decision"] == "allow"
    assert result["answer"]["context"]["scope"] == "read:Movies"


def test_the_key_of_pseudonyms_comes_from_the_layer_s_file(folder: Path, start: Start, workshop: Workshop) -> None:
    (folder / "subject_hash_key").write_text("a key that only the layer has")
    done = start(DECIDE, event(workshop), SUBJECT_HASH_KEY="")
    assert done.stderr == ""
    principal = json.loads(done.stdout.splitlines()[1])["answer"]["principalId"]
    (folder / "subject_hash_key").unlink()
    said = start(DECIDE, event(workshop), SUBJECT_HASH_KEY="a key that only the layer has")
    assert json.loads(said.stdout.splitlines()[1])["answer"]["principalId"] == principal


def test_the_first_decision_looks_up_no_name_and_opens_no_connection(start: Start, workshop: Workshop) -> None:
    done = start(OFFLINE + DECIDE, event(workshop))
    assert done.stderr == ""
    assert json.loads(done.stdout.splitlines()[1])["answer"]["context"]["scope"] == "read:Movies"


def test_the_network_is_noticed_where_it_is_used(start: Start) -> None:
    done = start(OFFLINE + "import socket; socket.create_connection(('127.0.0.1', 9), 1)")
    assert "network: socket." in done.stderr


def test_nothing_heavy_is_loaded_at_start(start: Start, workshop: Workshop) -> None:
    modules = json.loads(start(DECIDE, event(workshop)).stdout.splitlines()[1])["modules"]
    assert [name for name in modules if name.startswith(("boto3", "asyncio", "aws_lambda_powertools"))] == []


def test_a_refusal_is_the_one_word_that_api_gateway_knows(start: Start) -> None:
    done = start(DECIDE, "{}")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(": Unauthorized")
    assert "another exception" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ISSUERS": ""}, "ISSUERS is not set"),
        ({"JWKS": ""}, "JWKS is not set"),
        ({"JWKS": "{"}, "JWKS cannot be used"),
    ],
)
def test_without_its_settings_the_function_does_not_start(
    environment: dict[str, str], message: str, start: Start
) -> None:
    done = start("import authorizer.main", **environment)
    assert done.returncode == 1
    assert message in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"], ids=["missing", "empty", "bare", "no text"])
def test_without_its_rules_the_function_does_not_start(content: bytes | None, start: Start, folder: Path) -> None:
    access_model = folder / "authorizer" / "access_model.json"
    access_model.unlink()
    if content is not None:
        access_model.write_bytes(content)
    done = start("import authorizer.main")
    assert done.returncode == 1
    assert "access_model.json" in done.stderr.splitlines()[-1]
