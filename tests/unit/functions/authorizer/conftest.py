"""A workshop that signs any token, good or hostile, with real keys; a clock that tests set; a real key server."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from authorizer import revocations
from authorizer.access_model import AccessModel, parse
from authorizer.ages import Clocks
from authorizer.claims import Expected
from authorizer.handler import Handler
from authorizer.jwks import read
from authorizer.keys import Keys
from authorizer.subjects import subject_hasher
from authorizer.tokens import Signature, Verifier, hs256, rs256

ISSUER = "https://gatehouse.eu.auth0.com/"
CUSTOM_DOMAIN = "https://login.example.com/"
AUDIENCE = "https://StreamingResourceServer"
NOW = 1_800_000_000
LEEWAY = 5
METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/movies"
ACCESS_MODEL = {
    "audience": AUDIENCE,
    "connections": {"amazon": ["read:Movies"], "google-oauth2": ["read:Devices"]},
    "machine_clients": {"nightly-report": ["read:Movies"]},
    "role_based_access_control": False,
    "operations": [
        {"method": "GET", "path": "/devices", "any_of": [["read:Devices"]]},
        {"method": "GET", "path": "/movies", "any_of": [["read:Movies"]]},
        {"method": "GET", "path": "/movies/{id}", "any_of": [["read:Movies"]]},
    ],
}
MACHINE_CLIENTS = {"machine-client-id": "nightly-report"}
SUBJECT_HASH_KEY = "a key that only the tests know"
HASHES = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def jwk(key: RSAPrivateKey, kid: str, **members: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    n, e = (b64(number.to_bytes((number.bit_length() + 7) // 8)) for number in (numbers.n, numbers.e))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e} | members


def jwk_set(*keys: Any) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


class Workshop:
    """Makes tokens. By default they are good; a test changes the one thing that it is about."""

    issuer, audience, now, leeway = ISSUER, AUDIENCE, NOW, LEEWAY
    b64, jwk, jwk_set = staticmethod(b64), staticmethod(jwk), staticmethod(jwk_set)

    def __init__(self) -> None:
        self.key = generate_private_key(65537, 2048)
        self.other_key = generate_private_key(65537, 2048)
        self.weak_key = generate_private_key(65537, 1024)  # noqa: S505 - for tests that it is refused
        self.encryption_key = generate_private_key(65537, 2048)
        self.jwks = jwk_set(
            jwk(self.key, "key-1"),
            jwk(self.other_key, "key-2"),
            jwk(self.weak_key, "weak"),
            jwk(self.encryption_key, "encryption", use="enc"),
        )

    def header(self, **members: Any) -> dict[str, Any]:
        return {"alg": "RS256", "typ": "JWT", "kid": "key-1"} | members

    def claims(self, **members: Any) -> dict[str, Any]:
        return {
            "iss": ISSUER,
            "sub": "amazon|amzn1.account.AF6KQXEXAMPLE",
            "aud": [AUDIENCE, f"{ISSUER}userinfo"],
            "iat": NOW - 60,
            "exp": NOW + 3600,
            "scope": "openid profile read:Movies",
            "azp": "spa-client-id",
        } | members

    def join(self, header: Any, claims: Any, sign: Callable[[bytes], bytes]) -> str:
        """Sign a header and claims; bytes are used unchanged, anything else becomes JSON."""
        parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
        signed = ".".join(map(b64, parts))
        return f"{signed}.{b64(sign(signed.encode()))}"

    def rsa(self, key: RSAPrivateKey | None = None, algorithm: str = "RS256") -> Callable[[bytes], bytes]:
        return lambda signed: (key or self.key).sign(signed, PKCS1v15(), HASHES[algorithm])

    def hmac(self, secret: bytes, digest: str = "sha256") -> Callable[[bytes], bytes]:
        return lambda signed: hmac.new(secret, signed, getattr(hashlib, digest)).digest()

    def token(
        self,
        *,
        header: Mapping[str, Any] | bytes = b"",
        claims: Mapping[str, Any] | bytes = b"",
        without: Collection[str] = (),
        key: RSAPrivateKey | None = None,
    ) -> str:
        """Sign with RS256, by default with the issuer's key. Mappings change single members."""
        whole_header = header or self.header() if isinstance(header, bytes) else self.header(**header)
        whole_claims = claims or self.claims() if isinstance(claims, bytes) else self.claims(**claims)
        for members in (whole_header, whole_claims):
            if isinstance(members, dict):
                for name in without:
                    members.pop(name, None)
        return self.join(whole_header, whole_claims, self.rsa(key))


class Clock:
    """A clock that only a test moves."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def standing() -> Clocks:
    """Return two clocks that stand still."""
    return Clocks(Clock(), Clock())


def unreachable() -> bytes:
    raise ConnectionRefusedError


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def access_model() -> AccessModel:
    return parse(json.dumps(ACCESS_MODEL))


@pytest.fixture(scope="session")
def access_model_text() -> str:
    return json.dumps(ACCESS_MODEL)


def make_verifier(signature: Signature, clock: Clock, revoked: str = "") -> Verifier:
    expected = Expected(frozenset({ISSUER, CUSTOM_DOMAIN}), AUDIENCE, LEEWAY)
    return Verifier(signature, expected, revocations.parse(revoked), subject_hasher(SUBJECT_HASH_KEY), clock)


@pytest.fixture
def verifier(workshop: Workshop, clock: Clock) -> Verifier:
    return make_verifier(rs256(Keys(read(workshop.jwks), unreachable, standing()).find), clock)


@pytest.fixture
def revoking_verifier(workshop: Workshop, clock: Clock) -> Callable[[str], Verifier]:
    """Return a function that makes a verifier with a revocation list."""
    signature = rs256(Keys(read(workshop.jwks), unreachable, standing()).find)
    return lambda revoked: make_verifier(signature, clock, revoked)


@pytest.fixture
def secret_verifier(clock: Clock) -> Callable[[bytes], Verifier]:
    return lambda secret: make_verifier(hs256(lambda _key_id: (secret,)), clock)


@pytest.fixture
def lines() -> list[str]:
    """The lines that the handler of this test wrote."""
    return []


@pytest.fixture
def log(lines: list[str]) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines that the handler of this test logged, as JSON."""
    return lambda: [json.loads(line) for line in lines]


@pytest.fixture
def handler_of(access_model: AccessModel, lines: list[str], clock: Clock) -> Callable[..., Handler]:
    """Return a function that makes the handler of a verifier; its timer does not move."""

    def make(verifier: Verifier, **changes: Any) -> Handler:
        parts: dict[str, Any] = {
            "function": "gatehouse-test-authorizer",
            "clocks": Clocks(clock, Clock()),
            "log": lines.append,
        }
        return Handler(verifier, access_model, MACHINE_CLIENTS, **(parts | changes))

    return make


@pytest.fixture
def decide(verifier: Verifier, handler_of: Callable[..., Handler]) -> Callable[..., dict[str, Any]]:
    """Call the handler with an event of API Gateway's; a token becomes a Bearer header."""
    handle = handler_of(verifier)

    def call(token: str | None = None, **event: Any) -> dict[str, Any]:
        whole = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": METHOD_ARN} | event
        return handle({name: value for name, value in whole.items() if value is not None}, None)

    return call


class KeyServer:
    """An HTTP server on this machine that plays the issuer, with good or bad answers."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.status = 200
        self.headers: dict[str, str] = {}
        self.cut = 0  # octets of the body that are announced but not sent
        self.drip = ""  # "headers" or "body": send that part a byte at a time, forever
        self.requests: list[str] = []
        self.released = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests.append(self.path)
                if owner.drip == "headers":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    self.drip_bytes()
                    return
                self.send_response(owner.status)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                length = 50_000 if owner.drip == "body" else len(owner.body) + owner.cut
                self.send_header("Content-Length", str(length))
                self.end_headers()
                if owner.drip == "body":
                    self.drip_bytes()
                else:
                    self.wfile.write(owner.body)
                    self.close_connection = True

            def drip_bytes(self) -> None:
                while not owner.released.wait(0.02):
                    self.wfile.write(b" ")
                self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass  # the client has closed the connection, as it should

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/.well-known/jwks.json"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def key_server(workshop: Workshop) -> Iterator[KeyServer]:
    server = KeyServer(workshop.jwks)
    yield server
    server.stop()
