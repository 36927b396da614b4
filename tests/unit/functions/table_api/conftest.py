"""A real DynamoDB over HTTP, started once for the session, and an API over a table of its own for each test."""

import io
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
import yaml
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from scripts.tools import ROOT
from table_api.api import Handler, make_handler
from table_api.table import Table

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb.client import DynamoDBClient

CONTEXT = cast("LambdaContext", SimpleNamespace(aws_request_id="lambda-1"))

Query = dict[str, list[str]]


@dataclass
class Api:
    """One API over its own table, with the log that it writes."""

    document: dict[str, Any]
    handler: Handler
    log: io.StringIO
    client: "DynamoDBClient"
    table_name: str

    def get(
        self, path: str, query: Query | None = None, scope: str | None = "read:Movies read:Devices"
    ) -> tuple[int, Any]:
        """Status and body of a request as API Gateway hands it over; no scope stands for no authorizer in front."""
        answer = self.answer(path, query, scope)
        return answer["statusCode"], json.loads(answer["body"])

    def answer(
        self, path: str, query: Query | None = None, scope: str | None = "read:Movies read:Devices"
    ) -> dict[str, Any]:
        request_context: dict[str, Any] = {"requestId": "gateway-1", "stage": "live", "path": f"/live{path}"}
        if scope is not None:
            request_context["authorizer"] = {"principalId": "someone", "scope": scope}
        event = {
            "resource": path,
            "path": path,
            "httpMethod": "GET",
            "headers": {"Authorization": "Bearer secret.token.here"},
            "multiValueHeaders": {},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
            "multiValueQueryStringParameters": {name: list(values) for name, values in query.items()}
            if query
            else None,
            "requestContext": request_context,
            "body": None,
            "isBase64Encoded": False,
        }
        return self.handler(event, CONTEXT)


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator["DynamoDBClient"]:
    folder = tmp_path_factory.mktemp("dynamodb")
    with socket.socket() as listener, (folder / "log").open("wb") as log:
        # The child gets the listening socket itself: no other process can take the port in between.
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "ministack.app:app", "--log-level", "warning"]
        process = subprocess.Popen(
            [*command, "--fd", str(listener.fileno())],
            pass_fds=[listener.fileno()],
            env=os.environ | {"GATEWAY_PORT": str(port), "TMPDIR": str(folder), "STATE_DIR": str(folder)},
            stdout=log,
            stderr=log,
        )
        try:
            yield answering_client(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait()


def make_client(endpoint: str) -> "DynamoDBClient":
    client: DynamoDBClient = boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=60, read_timeout=60, retries={"total_max_attempts": 1}),
    )
    return client


def answering_client(endpoint: str) -> "DynamoDBClient":
    client = make_client(endpoint)
    for _ in range(50):
        try:
            client.list_tables()
        except BotoCoreError:
            time.sleep(0.2)
        else:
            return client
    pytest.fail("DynamoDB did not start")


@pytest.fixture
def make_api(dynamodb: "DynamoDBClient") -> Callable[..., Api]:
    """Make the API of that name over a new table with its sample's rows."""

    def make(name: str, *, filled: bool = True) -> Api:
        document = yaml.safe_load((ROOT / "functions" / name / "openapi.yaml").read_text(encoding="utf-8"))
        table_name = f"{name}-{uuid.uuid4()}"
        dynamodb.create_table(
            TableName=table_name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        # One call for all: each takes the 40 ms of a delayed acknowledgement.
        requests: list[Any] = [{"PutRequest": {"Item": _row(row)}} for row in sample(name)] if filled else []
        if requests:
            dynamodb.batch_write_item(RequestItems={table_name: requests})
        log = io.StringIO()
        # Powertools keeps one stream for each service's name.
        logger = Logger(service=table_name, stream=log)
        return Api(
            document, make_handler(name, document, Table(dynamodb, table_name), logger), log, dynamodb, table_name
        )

    return make


@pytest.fixture
def movies(make_api: Callable[..., Api]) -> Api:
    return make_api("movies")


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {key: {"N": str(value)} if isinstance(value, int) else {"S": value} for key, value in item.items()}


def sample(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((ROOT / "functions" / name / "sample.json").read_text(encoding="utf-8"))
    return rows
