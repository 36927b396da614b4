"""Faults on demand, for tests of programs that use the tenant. They need `--faults` and a request from this machine.

    PUT    /_faults               replace the current faults by the given ones, as JSON (see below)
    GET    /_faults               show the current faults
    DELETE /_faults               remove all faults
    POST   /_faults/rotate-keys   sign with the next key; {"revoke": true} removes the old one from the JWKS

All members are optional:

    {"answers": [{"path": "/.well-known/jwks.json",   the requests; "/api/v2/*" means every path below
                  "times": 3,                         the number of requests; all, if absent
                  "delay_seconds": 5,                 wait before the answer
                  "status": 500, "body": "<html>",    replace the answer; 429 looks like Auth0's
                  "drip_seconds": 0.1,                send the body byte by byte, with this pause before each
                  "cut": true}],                      close the connection in the middle of the body
     "clock_skew_seconds": -3600,                     shift the times in tokens
     "access_token": "expired", "id_token": "..."}    make these tokens invalid in one respect: algorithm_none,
                                                      bad_signature, expired, not_yet_valid, unknown_key,
                                                      wrong_audience, wrong_issuer or wrong_type
"""

import asyncio
import copy
import ipaddress
import json
import time
from typing import Any

import jsonschema
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.tenant.store import Document

_PATH = "/_faults"
_DAY = 86400
_SECONDS = {"type": "number", "minimum": 0, "maximum": 3600}
_TOKEN = {
    "enum": [
        *("algorithm_none", "bad_signature", "expired", "not_yet_valid"),
        *("unknown_key", "wrong_audience", "wrong_issuer", "wrong_type"),
    ]
}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^/[^*]*\*?$"},
                    "times": {"type": "integer", "minimum": 1},
                    "delay_seconds": _SECONDS,
                    "drip_seconds": _SECONDS,
                    "status": {"type": "integer", "minimum": 200, "maximum": 599},
                    "body": {"type": "string"},
                    "cut": {"type": "boolean"},
                },
            },
        },
        "clock_skew_seconds": {"type": "integer", "minimum": -(10**9), "maximum": 10**9},
        "access_token": _TOKEN,
        "id_token": _TOKEN,
    },
}


class Faults:
    """The current faults; none at first."""

    def __init__(self) -> None:
        self._wanted: Document = {}

    def set(self, wanted: Document) -> None:
        """Replace the faults; raise jsonschema.ValidationError if they do not have the form above."""
        jsonschema.validate(wanted, _SCHEMA)
        self._wanted = copy.deepcopy(wanted)

    def shown(self) -> Document:
        """Return the current faults; `times` is the number of requests left."""
        return copy.deepcopy(self._wanted)

    def take_answer(self, path: str) -> Document | None:
        """Return the fault for a request's answer and count it, or None."""
        for answer in self._wanted.get("answers", []):
            wanted = str(answer["path"])
            fits = path.startswith(wanted[:-1]) if wanted.endswith("*") else path == wanted
            if not fits or answer.get("times") == 0:
                continue
            if "times" in answer:
                answer["times"] -= 1
            found: Document = answer
            return found
        return None

    def change(self, kind: str, header: Document, claims: Document) -> tuple[Document, Document]:
        """Return the header and the claims to sign; `kind` is access_token or id_token."""
        skew = self._wanted.get("clock_skew_seconds", 0)
        moved: Document = {name: claims[name] + skew for name in ("iat", "exp", "auth_time") if name in claims}
        header, claims = dict(header), claims | moved
        match self._wanted.get(kind):
            case "expired":
                claims |= {"iat": claims["iat"] - 2 * _DAY, "exp": claims["iat"] - _DAY}
            case "not_yet_valid":
                claims |= {"iat": claims["iat"] + _DAY, "nbf": claims["iat"] + _DAY, "exp": claims["exp"] + 2 * _DAY}
            case "unknown_key":
                header["kid"] = "no-such-key"
            case "wrong_audience":
                claims["aud"] = "https://another.example"
            case "wrong_issuer":
                claims["iss"] = "https://another.example/"
            case "wrong_type":
                header["typ"] = "logout+jwt"
        return header, claims

    def spoil(self, kind: str, token: str) -> str:
        """Return a signed token with the fault of its signature, if any."""
        header, payload, signature = token.split(".")
        match self._wanted.get(kind):
            case "bad_signature":  # change the middle: some bits of the last letter do not count
                middle = len(signature) // 2
                other = "A" if signature[middle] != "A" else "B"
                return f"{header}.{payload}.{signature[:middle]}{other}{signature[middle + 1 :]}"
            case "algorithm_none":
                return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."  # {"alg":"none","typ":"JWT"}
        return token


class FaultyAnswers:
    """Middleware: answers /_faults, and applies the faults of answers."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with its fault if it has one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(_PATH) and not _is_local(scope):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        if scope["path"] == _PATH:
            response = await self._administer(Request(scope, receive))
            await response(scope, receive, send)
            return
        answer = self._faults.take_answer(scope["path"])
        if answer is None:
            await self._app(scope, receive, send)
            return
        await asyncio.sleep(answer.get("delay_seconds", 0))
        app = self._app if "status" not in answer and "body" not in answer else _replacement(answer, scope["path"])
        await app(scope, receive, _Sender(send, answer))

    async def _administer(self, request: Request) -> Response:
        match request.method:
            case "GET":
                return JSONResponse(self._faults.shown())
            case "DELETE":
                self._faults.set({})
                return JSONResponse({})
            case "PUT":
                try:
                    self._faults.set(await request.json())
                except jsonschema.ValidationError as error:
                    return JSONResponse({"error": f"{error.json_path}: {error.message}"}, 400)
                except ValueError:
                    return JSONResponse({"error": "the body is not JSON"}, 400)
                return JSONResponse(self._faults.shown())
        return JSONResponse({"error": "use GET, PUT or DELETE"}, 405, {"Allow": "GET, PUT, DELETE"})


class _Sender:
    """Sends an answer slowly, or only the first half of it."""

    def __init__(self, send: Send, answer: Document) -> None:
        self._send = send
        self._pause: float | None = answer.get("drip_seconds")
        self._cut: bool = answer.get("cut", False)
        self._is_cut = False

    async def __call__(self, message: Message) -> None:
        """Send one message of the answer."""
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        body = message.get("body", b"")
        if self._cut:  # the server closes the connection of an answer that does not end
            if not self._is_cut:
                await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            self._is_cut = True
            return
        if self._pause is not None:
            for position in range(len(body)):
                await asyncio.sleep(self._pause)
                await self._send({**message, "body": body[position : position + 1], "more_body": True})
            body = b""
        await self._send({**message, "body": body})


def _replacement(answer: Document, path: str) -> Response:
    status = answer.get("status", 200)
    if "body" in answer:
        return Response(answer["body"], status, media_type="application/json")
    if status == 429:
        return _too_many(path)
    return JSONResponse({"statusCode": status, "error": "Fault on demand"}, status)


def _too_many(path: str) -> Response:
    """Return Auth0's answer to a client above the rate limit.

    https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy
    """
    reset = int(time.time()) + 1
    headers = {"x-ratelimit-limit": "50", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    if path.startswith("/api/v2/"):
        body: Any = {
            "statusCode": 429,
            "error": "Too Many Requests",
            "message": "Global limit has been reached",
            "errorCode": "too_many_requests",
        }
    else:
        body = {"error": "too_many_requests", "error_description": "Too many requests; try again later."}
    return Response(json.dumps(body), 429, {**headers, "Retry-After": "1"}, "application/json")


def _is_local(scope: Scope) -> bool:
    return scope["client"] is not None and ipaddress.ip_address(scope["client"][0]).is_loopback
