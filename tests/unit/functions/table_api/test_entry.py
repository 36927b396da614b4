import importlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from scripts.tools import ROOT
from table_api.entry import lambda_handler
from tests.checkout import EXAMPLE

CONTEXT = SimpleNamespace(aws_request_id="lambda-1")
HEALTH = {
    "path": "/movies/health",
    "resource": "/movies/health",
    "httpMethod": "GET",
    "requestContext": {"requestId": "gateway-1", "stage": "live", "path": "/live/movies/health"},
}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder with the compiled document, as in the zip."""
    source = EXAMPLE / "functions" / "movies"
    path = tmp_path / "movies" / "openapi.json"
    path.parent.mkdir()
    path.write_text(json.dumps(yaml.safe_load((source / "openapi.yaml").read_text(encoding="utf-8"))), encoding="utf-8")
    return str(tmp_path)


def test_a_missing_table_name_stops_the_api_with_a_sentence(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    with pytest.raises(RuntimeError, match="TABLE_NAME is not set"):
        lambda_handler("movies", folder)(HEALTH, CONTEXT)


def test_the_environment_is_read_with_the_first_request(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    handler = lambda_handler("movies", folder)
    monkeypatch.setenv("TABLE_NAME", "movies")
    for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    assert handler(HEALTH, CONTEXT)["statusCode"] == 200


def test_missing_credentials_stop_the_api_with_a_sentence(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("TABLE_NAME", "movies")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(RuntimeError, match="AWS_ACCESS_KEY_ID is not set"):
        lambda_handler("movies", folder)(HEALTH, CONTEXT)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "functions").glob("*/openapi.yaml")))
def test_importing_a_handler_reads_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert callable(importlib.import_module(f"{name}.handler").handler)
