"""The client of DynamoDB against a server that answers well, badly, or not at all."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from table_api import dynamodb
from table_api.dynamodb import DynamoDB, DynamoDBError
from table_api.table import Table

CREDENTIALS = Credentials("key-id", "secret", "token")
ITEM = {"Item": {"id": {"S": "alien"}, "year": {"N": "1979"}}}


class Server:
    """Plays DynamoDB: gives one answer after the other, then repeats the last one; None closes the connection."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, Any]] | None] = [(200, ITEM)]
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                owner.connections += 1

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                owner.headers.append({name.lower(): value for name, value in self.headers.items()})
                owner.requests.append((self.headers["x-amz-target"], body))
                answer = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                status, content = answer
                octets = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("x-amzn-requestid", "aws-1")
                self.send_header("content-length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(dynamodb, "PAUSE_SECONDS", 0)
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def client(server: Server) -> Iterator[DynamoDB]:
    found = DynamoDB(server.url, "eu-west-1", CREDENTIALS)
    yield found
    found.close()


def error(kind: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": "a text"}


def test_an_item_is_read_over_one_kept_connection(server: Server, client: DynamoDB) -> None:
    table = Table(client, "movies")
    assert table.get("alien") == table.get("alien") == ({"id": "alien", "year": 1979}, "first")
    assert (
        server.requests == [("DynamoDB_20120810.GetItem", {"TableName": "movies", "Key": {"id": {"S": "alien"}}})] * 2
    )
    assert server.connections == 1


def test_the_signature_covers_the_request_as_it_arrives(server: Server, client: DynamoDB) -> None:
    client.call("GetItem", {"TableName": "movies"})
    [sent] = server.headers
    signed = sent["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert {"host", "x-amz-target", "x-amz-date", "x-amz-security-token"} <= set(signed)
    covered = {name: sent[name] for name in signed if name not in {"x-amz-date", "x-amz-security-token"}}
    request = AWSRequest("POST", f"http://{sent['host']}/", covered, b'{"TableName": "movies"}')
    moment = datetime.strptime(sent["x-amz-date"], "%Y%m%dT%H%M%S%z")
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
        SigV4Auth(CREDENTIALS, "dynamodb", "eu-west-1").add_auth(request)
    assert sent["authorization"] == request.headers["Authorization"]


@pytest.mark.parametrize(
    "failure", [None, error("InternalServerError", 500), error("ThrottlingException"), (503, {})], ids=repr
)
def test_a_failure_that_passes_is_tried_again_once(failure: Any, server: Server, client: DynamoDB) -> None:
    server.answers = [failure, (200, ITEM)]
    assert client.call("GetItem", {}) == ITEM
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("failure", "code"),
    [(None, "RemoteDisconnected"), (error("ThrottlingException"), "ThrottlingException"), ((503, {}), "status 503")],
    ids=repr,
)
def test_a_failure_that_stays_is_an_error_after_the_second_attempt(
    failure: Any, code: str, server: Server, client: DynamoDB
) -> None:
    server.answers = [failure]
    with pytest.raises(DynamoDBError) as found:
        client.call("GetItem", {})
    assert found.value.code == code
    assert len(server.requests) == 2


def test_a_refusal_is_not_tried_again(server: Server, client: DynamoDB) -> None:
    server.answers = [error("AccessDeniedException")]
    with pytest.raises(DynamoDBError) as found:
        client.call("GetItem", {})
    assert (found.value.code, found.value.request_id) == ("AccessDeniedException", "aws-1")
    assert len(server.requests) == 1


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(server: Server, client: DynamoDB) -> None:
    client.call("GetItem", {})
    server.answers = [None, (200, ITEM)]
    assert client.call("GetItem", {}) == ITEM
    assert server.connections == 2


def test_nobody_listening_is_an_error() -> None:
    with pytest.raises(DynamoDBError, match="ConnectionRefusedError"):
        DynamoDB("http://127.0.0.1:9", "eu-west-1", CREDENTIALS).call("GetItem", {})


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"S": "x"}, "x"),
        ({"N": "7"}, 7),
        ({"N": "-7"}, -7),
        ({"N": "1E2"}, 100),
        ({"N": "12345678901234567890"}, 12345678901234567890),
        ({"N": "1.5"}, 1.5),
        ({"BOOL": True}, True),
        ({"NULL": True}, None),
        ({"L": [{"S": "a"}, {"N": "1"}]}, ["a", 1]),
        ({"M": {"a": {"S": "b"}}}, {"a": "b"}),
    ],
    ids=repr,
)
def test_every_type_that_json_has_is_read(typed: Any, value: Any, server: Server, client: DynamoDB) -> None:
    server.answers = [(200, {"Item": {"id": {"S": "x"}, "field": typed}})]
    stored = Table(client, "movies").get("x")
    assert stored is not None
    item = stored.item
    assert item == {"id": "x", "field": value}
    assert type(item["field"]) is type(value)
