import importlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
import yaml

from scripts.tools import ROOT
from table_api.entry import lambda_handler

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CONTEXT = cast("LambdaContext", SimpleNamespace(aws_request_id="lambda-1"))
HEALTH = {
    "path": "/movies/health",
    "httpMethod": "GET",
    "requestContext": {"requestId": "gateway-1", "stage": "live", "path": "/live/movies/health"},
}


@pytest.fixture
def document_path(tmp_path: Path) -> Path:
    """The compiled document, beside a handler as in the zip."""
    source = ROOT / "functions" / "movies"
    path = tmp_path / "movies" / "openapi.json"
    path.parent.mkdir()
    shutil.copy(source / "handler.py", path.parent)
    path.write_text(json.dumps(yaml.safe_load((source / "openapi.yaml").read_text(encoding="utf-8"))), encoding="utf-8")
    return path


def test_a_missing_table_name_stops_the_api_with_a_sentence(
    document_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    with pytest.raises(RuntimeError, match="TABLE_NAME is not set"):
        lambda_handler(document_path)(HEALTH, CONTEXT)


def test_the_environment_is_read_with_the_first_request(document_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    handler = lambda_handler(document_path)
    monkeypatch.setenv("TABLE_NAME", "movies")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert handler(HEALTH, CONTEXT)["statusCode"] == 200


@pytest.mark.parametrize("name", ["movies", "devices"])
def test_importing_a_handler_reads_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert callable(importlib.import_module(f"{name}.handler").handler)
