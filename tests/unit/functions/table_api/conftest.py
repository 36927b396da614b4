"""A real DynamoDB over HTTP, started once for the session, and an API with its own table for each test."""

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from guard.guard import Guard
from guard.log import Log
from table_api.api import make_handler
from table_api.dynamodb import DynamoDB
from table_api.table import Table
from tests.checkout import EXAMPLE

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

CONTEXT = SimpleNamespace(aws_request_id="lambda-1")

Query = dict[str, list[str]]


@dataclass
class Api:
    """One API with its own table, and the log that it writes."""

    document: dict[str, Any]
    handler: Guard
    log: io.StringIO
    client: "DynamoDBClient"
    table_name: str

    def get(
        self, path: str, query: Query | None = None, scope: str | None = "read:Movies read:Devices"
    ) -> tuple[int, Any]:
        """Return status and body of a request, as API Gateway sends it; without a scope, there is no authorizer."""
        answer = self.answer(path, query, scope)
        return answer["statusCode"], json.loads(answer["body"])

    def answer(
        self, path: str, query: Query | None = None, scope: str | None = "read:Movies read:Devices"
    ) -> dict[str, Any]:
        return self.send("GET", path, query=query, scope=scope)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        query: Query | None = None,
        scope: str | None,
        caller: str = "someone",
    ) -> dict[str, Any]:
        request_context: dict[str, Any] = {"requestId": "gateway-1", "stage": "live", "path": f"/live{path}"}
        if scope is not None:
            request_context["authorizer"] = {"principalId": caller, "scope": scope}
        resource, parameters = self._routed(path)
        event = {
            "resource": resource,
            "pathParameters": parameters,
            "path": path,
            "httpMethod": method,
            "headers": {"Authorization": "Bearer secret.token.here"},
            "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
            "multiValueQueryStringParameters": {name: list(values) for name, values in query.items()}
            if query
            else None,
            "requestContext": request_context,
            "body": body,
            "isBase64Encoded": False,
        }
        return self.handler(event, CONTEXT)

    def _routed(self, path: str) -> tuple[str, dict[str, str] | None]:
        """Return the document's path and its parameters, as API Gateway routes a request."""
        if path in self.document["paths"]:
            return path, None
        for resource in self.document["paths"]:
            if match := re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", resource), path):
                return resource, match.groupdict()
        return path, None


@pytest.fixture(scope="session")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator["DynamoDBClient"]:
    folder = tmp_path_factory.mktemp("dynamodb")
    with socket.socket() as listener, (folder / "log").open("wb") as log:
        # The child inherits the listening socket, so no other process can take the port meanwhile.
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


@pytest.fixture(scope="session")
def own_client(dynamodb: "DynamoDBClient") -> Iterator[DynamoDB]:
    found = DynamoDB(dynamodb.meta.endpoint_url, "eu-west-1", Credentials("test", "test", None))
    yield found
    found.close()


@pytest.fixture
def make_api(dynamodb: "DynamoDBClient", own_client: DynamoDB) -> Callable[..., Api]:
    """Return a function that makes the API of a name, with a new table that has the rows of its sample."""

    def make(name: str, *, filled: bool = True) -> Api:
        document = yaml.safe_load((EXAMPLE / "functions" / name / "openapi.yaml").read_text(encoding="utf-8"))
        table_name = f"{name}-{uuid.uuid4()}"
        dynamodb.create_table(
            TableName=table_name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        # One call for all rows, because each call waits 40 ms for a delayed acknowledgement.
        requests: list[Any] = [{"PutRequest": {"Item": _row(row)}} for row in sample(name)] if filled else []
        if requests:
            dynamodb.batch_write_item(RequestItems={table_name: requests})
        log = io.StringIO()
        table = Table(own_client, table_name)
        guard = Guard(name, document, make_handler(name, document, table), Log(name, log.write))
        return Api(document, guard, log, dynamodb, table_name)

    return make


@pytest.fixture
def movies(make_api: Callable[..., Api]) -> Api:
    return make_api("movies")


def _row(item: dict[str, Any]) -> dict[str, Any]:
    return {key: {"N": str(value)} if isinstance(value, int) else {"S": value} for key, value in item.items()}


def sample(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((EXAMPLE / "functions" / name / "sample.json").read_text(encoding="utf-8"))
    return rows
