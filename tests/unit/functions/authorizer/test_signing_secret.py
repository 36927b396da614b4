"""The HS256 secret, read by boto3 from an emulated AWS and from a failing one."""

import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import httpx
import pytest

from authorizer.signing_secret import SigningSecretError, load
from scripts.local_stack.settings import free_ports
from scripts.tools import ROOT

pytestmark = pytest.mark.process

REGION = "eu-west-1"
SECRET = secrets.token_urlsafe(32)
ARN = f"arn:aws:ssm:{REGION}:000000000000:parameter/gatehouse-test/signing-secret"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


@pytest.fixture(scope="module")
def aws_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An emulated AWS in its own process."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("aws")
    environment = {"GATEHOUSE_AWS_PORT": str(port), "GATEHOUSE_LOCAL_DIR": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.aws"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            assert process.poll() is None, (folder / "log").read_text()
            try:
                httpx.get(f"http://127.0.0.1:{port}/_ministack/health", trust_env=False, timeout=60)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(300)


@pytest.fixture
def aws(aws_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The emulated AWS, which boto3 finds by its own variables."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_url)
    return aws_url


def client(service: str, url: str) -> Any:
    return boto3.client(service, region_name=REGION, endpoint_url=url)


def put_parameter(url: str, name: str, value: str) -> str:
    ssm = client("ssm", url)
    ssm.put_parameter(Name=name, Type="SecureString", Value=value)
    return str(ssm.get_parameter(Name=name)["Parameter"]["ARN"])


def test_while_one_secret_takes_the_others_place_both_are_read_and_each_has_to_be_strong(aws: str) -> None:
    name, other = "/gatehouse-test/two-secrets", secrets.token_urlsafe(32)
    arn = put_parameter(aws, name, f"{SECRET}\n{other}")
    assert load(arn) == (SECRET.encode(), other.encode())
    for bad in (f"{SECRET}\nshort", f"{SECRET}\n", f"{SECRET}\n{other}\n{SECRET}"):
        client("ssm", aws).put_parameter(Name=name, Type="SecureString", Value=bad, Overwrite=True)
        with pytest.raises(SigningSecretError) as refused:
            load(arn)
        assert refused.value.is_final
        assert SECRET not in str(refused.value)


def test_a_parameter_is_read_and_decrypted(aws: str) -> None:
    assert put_parameter(aws, "/gatehouse-test/signing-secret", SECRET) == ARN
    assert load(ARN) == (SECRET.encode(),)


def test_a_parameter_without_a_path_is_found_by_its_arn(aws: str) -> None:
    assert load(put_parameter(aws, "gatehouse-signing-secret", SECRET)) == (SECRET.encode(),)


@pytest.mark.parametrize("kept", ["text", "octets"])
def test_a_secret_of_secrets_manager_is_read(aws: str, kept: str) -> None:
    value: dict[str, Any] = {"SecretString": SECRET} if kept == "text" else {"SecretBinary": SECRET.encode()}
    arn = client("secretsmanager", aws).create_secret(Name=f"gatehouse/{kept}", **value)["ARN"]
    assert load(arn) == (SECRET.encode(),)


def test_a_secret_that_can_be_guessed_is_refused_without_showing_it(aws: str) -> None:
    weak = "not-a-real-secret-of-at-least-32-bytes"
    arn = put_parameter(aws, "/gatehouse-test/weak", weak)
    with pytest.raises(SigningSecretError, match="can be guessed") as raised:
        load(arn)
    assert raised.value.arn == arn
    assert arn in str(raised.value)
    assert weak not in str(raised.value)
    assert weak not in repr(raised.value)


def test_a_parameter_that_does_not_exist_is_named_with_the_reason(aws: str) -> None:
    arn = ARN.replace("signing-secret", "another")
    with pytest.raises(SigningSecretError) as raised:
        load(arn)
    assert str(raised.value) == f"the signing secret {arn} cannot be read: ParameterNotFound"


@pytest.mark.parametrize("arn", ["", "secret", "arn:aws:s3:::bucket/key", "arn:aws:ssmx:eu-west-1:0:parameter/a"])
def test_an_arn_of_something_else_is_refused_before_anything_is_asked(arn: str) -> None:
    with pytest.raises(SigningSecretError, match="neither a parameter of SSM nor a secret of Secrets Manager"):
        load(arn)


class Misbehaving(BaseHTTPRequestHandler):
    """Counts the requests, and gives the answer that a test has set."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.asked += 1
        time.sleep(server.delay)
        self.send_response(server.status)
        self.end_headers()
        self.wfile.write(server.body)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - as it is called there
        """Stay quiet."""


@pytest.fixture
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    server.asked, server.delay, server.status, server.body = 0, 0, 500, b""
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"", "500"),
        (400, b'{"__type": "AccessDeniedException"}', "AccessDeniedException"),
        (200, b"{}", "KeyError"),
    ],
)
def test_a_service_that_fails_is_asked_once_and_its_reason_told(
    misbehaving: Any, status: int, body: bytes, reason: str
) -> None:
    misbehaving.status, misbehaving.body = status, body
    with pytest.raises(SigningSecretError, match=f"cannot be read: {reason}"):
        load(ARN)
    assert misbehaving.asked == 1


def test_a_service_that_does_not_answer_is_given_up(misbehaving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authorizer.signing_secret._READ_SECONDS", 0.2)
    misbehaving.delay = 2
    with pytest.raises(SigningSecretError, match="cannot be read: ReadTimeoutError"):
        load(ARN)
    assert misbehaving.asked == 1


def test_a_missing_service_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_ports(1)[0]}")
    with pytest.raises(SigningSecretError, match="cannot be read: EndpointConnectionError"):
        load(ARN)
