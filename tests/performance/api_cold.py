"""The time of an API's first answer in a new container: import, client, one read of an item, over TLS.

The peer is a handler written as the documentation of boto3 and Powertools shows. Both call a fake DynamoDB on this
machine. boto3 and botocore are next to the handler with their bytecode, as in Lambda's runtime.
"""

import datetime
import ipaddress
import json
import os
import ssl
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.performance import interpreter
from tests.performance.material import Archive, Event, call
from tests.performance.rounds import Contestant, Rounds, of_each
from tests.performance.table import Row

ROUNDS = 15
API, SCOPE, _ = call()
ITEM = {"id": {"S": "alien"}, "title": {"S": "Alien"}, "year": {"N": "1979"}, "genre": {"S": "Horror"}}
EVENT: Event = {
    "resource": f"/{API}/{{id}}",
    "path": f"/{API}/alien",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": {"id": "alien"},
    "requestContext": {"requestId": "1", "path": f"/live/{API}/alien", "authorizer": {"scope": SCOPE}},
    "body": None,
    "isBase64Encoded": False,
}
ANSWER = """
class Context:
    aws_request_id = "1"
    function_name = "an-api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:an-api"
answer = handler(event, Context)
assert answer["statusCode"] == 200 and "Alien" in answer["body"], answer
"""
PLAIN = """
import os
import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
logger = Logger()
app = APIGatewayRestResolver()
client = boto3.client("dynamodb")
@app.get("/<api>/<item_id>")
def one(api, item_id):
    item = client.get_item(TableName=os.environ["TABLE_NAME"], Key={"id": {"S": item_id}})["Item"]
    return {name: next(iter(value.values())) for name, value in item.items()}
@logger.inject_lambda_context
def handler(event, context):
    return app.resolve(event, context)
"""
# The libraries that `import botocore` needs, and those that `import boto3` and `import aws_lambda_powertools` add.
BOTOCORE = ("botocore", "jmespath", "dateutil", "urllib3", "six")
LIBRARIES = (*BOTOCORE, "boto3", "s3transfer", "aws_lambda_powertools", "typing_extensions")


def rows(archive: Archive, _issuer: object) -> list[Row]:
    """Measure fresh interpreters in turns, and then a warm answer without the time of the fake DynamoDB."""
    with tempfile.TemporaryDirectory() as name, stand_in(Path(name)) as environment:
        own, plain = Path(name) / "own", Path(name) / "plain"
        with zipfile.ZipFile(archive.apis[API]) as zipped:
            zipped.extractall(own)
        _link(own, *BOTOCORE)
        _install_plain(plain)

        def start(folder: Path, code: str) -> Contestant:
            return lambda: interpreter.run(folder, code + ANSWER, "seconds", EVENT, environment)

        contestants = {
            "own": start(own, "from guard.main import handler"),
            "plain": start(plain, "from plain import handler"),
        }
        measured = Rounds(contestants, ROUNDS)
    times = [f"{measured.median(each) * 1e3:.0f} ms" for each in contestants]
    return [
        Row(
            "api, cold: first answer with one read / plain boto3 + Powertools",
            measured.ratio("own", "plain"),
            "x",
            bar=0.6,
            aim=0.35,
            note=" / ".join(times),
        ),
        _warm(),
    ]


def _warm() -> Row:
    """Return the time of an answer without the call to DynamoDB."""
    from botocore.credentials import Credentials

    from guard.guard import Guard
    from guard.log import Log
    from scripts.build.data_files import load_project
    from scripts.tools import ROOT
    from table_api.api import make_handler
    from table_api.dynamodb import DynamoDB
    from table_api.table import Table

    class AtHand(DynamoDB):
        def call(self, _operation: str, _request: Mapping[str, object]) -> dict[str, object]:
            return {"Item": ITEM}

    document = load_project(ROOT).apis[API]
    table = Table(AtHand("http://127.0.0.1:9", "eu-west-1", Credentials("id", "key", None)), API)
    guard = Guard(API, document, make_handler(API, document, table), Log(API, len))
    measured = Rounds({"answer": of_each(lambda event: guard(event, None), [EVENT] * 50)}, 50)
    return Row("api, warm: our own part of an answer", measured.median("answer") * 1e3, "ms", bar=1.0)


def _install_plain(folder: Path) -> None:
    folder.mkdir()
    (folder / "plain.py").write_text(PLAIN, encoding="utf-8")
    _link(folder, *LIBRARIES)


def _link(folder: Path, *libraries: str) -> None:
    for library in libraries:
        source = import_module(library).__file__
        assert source is not None
        path = Path(source)
        link, target = (library, path.parent) if path.name == "__init__.py" else (path.name, path)
        (folder / link).symlink_to(target)


@contextmanager
def stand_in(folder: Path) -> Iterator[dict[str, str]]:
    """Serve one item like DynamoDB, over TLS; yield the environment that leads a function there."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps({"Item": ITEM}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    # As many authorities as a real machine trusts, because both functions have to read them.
    authorities = folder / "authorities.pem"
    botocore = import_module("botocore").__file__
    assert botocore is not None
    trusted = (Path(botocore).parent / "cacert.pem").read_bytes()
    authorities.write_bytes(trusted + certificate.read_bytes())
    try:
        yield {
            "PATH": os.environ["PATH"],
            "API": API,
            "TABLE_NAME": API,
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_ENDPOINT_URL_DYNAMODB": f"https://127.0.0.1:{server.server_address[1]}",
            "AWS_CA_BUNDLE": str(authorities),
            "SSL_CERT_FILE": str(authorities),
        }
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
