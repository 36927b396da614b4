"""The subject of the measurements: the built authorizer, unpacked as in Lambda, and tokens of its issuer."""

import base64
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

from scripts.build.artifacts import machine_architecture
from scripts.build.data_files import load_access
from scripts.build.data_files.documents import read_yaml
from scripts.build.functions import AUTHORIZER, build_functions
from scripts.build.wheels import ARCHITECTURES
from scripts.errors import UserError
from scripts.tools import ROOT

ISSUER = "http://127.0.0.1:9/"  # nothing listens there, so a token with an unknown key is refused at once
KEY_ID = "V1StGXR8_Z5jdHi6B-myT"
USERS = 16
OTHER_SCOPE = " read:Recommendations"
STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live"
TOKEN_LENGTH = 922  # an access token of Auth0's with two audiences and a handful of scopes


@cache
def call() -> tuple[str, str, str]:
    """Return an API of this checkout, the scopes that its GET of one item needs, and a connection that has them."""
    connections = load_access(ROOT / "auth0" / "access.yaml")["connections"]
    for path in sorted((ROOT / "functions").glob("*/openapi.yaml"), reverse=True):
        api = path.parent.name
        security = read_yaml(path)["paths"].get(f"/{api}/{{id}}", {}).get("get", {}).get("security")
        needed = security[0]["auth0"] if security else ["nothing"]
        for connection, granted in connections.items():
            if {*needed} <= {*granted["scopes"]}:
                return api, " ".join(needed), connection
    raise UserError("no connection of access.yaml opens GET /<api>/{id} of any API, which this measures.")


type Event = dict[str, Any]
type Handler = Callable[[Event], object]


@dataclass(frozen=True)
class Archive:
    """The built functions: the authorizer's zip for each architecture, one of them unpacked, and the APIs'."""

    zips: Mapping[str, Path]
    folder: Path
    apis: Mapping[str, Path]  # the zip of each API, for this machine


@contextmanager
def built() -> Iterator[Archive]:
    """Build the functions, as `make build` does, and unpack the authorizer while the block runs."""
    paths = {
        architecture: {made.path.stem: made.path for made in build_functions(ROOT, ROOT / "build", architecture)}
        for architecture in ARCHITECTURES
    }
    zips = {architecture: named[AUTHORIZER] for architecture, named in paths.items()}
    with tempfile.TemporaryDirectory() as name:
        with zipfile.ZipFile(zips[machine_architecture()]) as archive:
            archive.extractall(name)
        yield Archive(zips, Path(name), paths[machine_architecture()])


class Issuer:
    """Signs any token that a test needs; `settings` are those that Terraform would give to the authorizer."""

    def __init__(self, audience: str) -> None:
        self.audience = audience
        self._key = generate_private_key(65537, 2048)
        self.public_key = self._key.public_key()

    @property
    def settings(self) -> dict[str, str]:
        """The authorizer's environment."""
        jwk = RSAAlgorithm.to_jwk(self.public_key, as_dict=True)
        jwk = {name: jwk[name] for name in ("kty", "n", "e")} | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}
        key_set = json.dumps({"keys": [jwk]})
        return {"ISSUERS": ISSUER, "JWKS": key_set, "SUBJECT_HASH_KEY": "0123456789abcdef" * 2}

    @cached_property
    def tokens(self) -> list[str]:
        """Tokens of several users, so that no cached result of one call helps the next."""
        return [
            self.token(TOKEN_LENGTH, f"{call()[2]}|amzn1.account.AF6KQXEXAMPLEEXAMPLE{user:04}")
            for user in range(USERS)
        ]

    def token(self, length: int, subject: str | None = None) -> str:
        """Sign an access token of this length, or one character more: base64 does not have every length."""
        subject = subject or f"{call()[2]}|amzn1.account.AF6KQXEXAMPLEEXAMPLE"
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": subject,
            "aud": [self.audience, f"{ISSUER}userinfo"],
            "iat": now,
            "exp": now + 7200,
            "azp": "0123456789abcdefghijklmnopqrstuv",
        }
        scope = f"openid profile {call()[1]}"
        while True:
            token = self.sign(json.dumps(claims | {"scope": scope}, separators=(",", ":")).encode())
            if len(token) >= length:
                return token
            missing = max((length - len(token)) * 3 // 4, 1)
            scope += OTHER_SCOPE * (missing // len(OTHER_SCOPE)) or "x" * missing

    def sign(self, payload: bytes, **header: object) -> str:
        """Sign octets, which need not be JSON, with a header."""
        members = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID} | header
        return jwt.PyJWS().encode(payload, self._key, str(members["alg"]), headers=members)


def event(authorization: object) -> Event:
    """Return the event that API Gateway sends to a TOKEN authorizer."""
    return {"type": "TOKEN", "authorizationToken": authorization, "methodArn": f"{STAGE_ARN}/GET/{call()[0]}"}


def bearer(token: str) -> Event:
    """Return the event of a request with an access token."""
    return event(f"Bearer {token}")


def segment(content: bytes | Mapping[str, object]) -> str:
    """Return octets, or an object as JSON, in base64url without padding."""
    octets = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def audience(archive: Archive) -> str:
    """Return the audience of the compiled access model."""
    access_model = json.loads((archive.folder / "authorizer" / "access_model.json").read_text(encoding="utf-8"))
    return str(access_model["audience"])


def load_handler(archive: Archive, issuer: Issuer) -> Handler:
    """Start the unpacked authorizer in this process, through Lambda's entry point and with such a context."""
    os.environ.update(issuer.settings)
    for name in [name for name in sys.modules if name.partition(".")[0] == AUTHORIZER]:
        del sys.modules[name]  # the checkout's own module, which the build has used
    sys.path.insert(0, str(archive.folder))
    try:
        handler = import_module("authorizer.main").handler
    finally:
        sys.path.remove(str(archive.folder))
    context = SimpleNamespace(aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef")
    return lambda event: handler(event, context)


@contextmanager
def logging_to(path: str) -> Iterator[None]:
    """Send what this process writes to standard output, the authorizer's log, to a file for a while."""
    sys.stdout.flush()
    kept, file = os.dup(1), os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_CREAT, 0o600)
    try:
        os.dup2(file, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(file)
