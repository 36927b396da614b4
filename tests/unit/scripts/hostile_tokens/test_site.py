"""A client for a site uses the shell's proxy, except to this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts.hostile_tokens import site


class _Echo(BaseHTTPRequestHandler):
    """Answers with the requested address: a full one from a proxy's client, otherwise a path."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server on this machine, which the shell names as its proxy."""
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        yield server.server_port
        server.shutdown()


def test_a_site_is_reached_through_the_proxy(port: int) -> None:
    with site.client("http://site.example", 1) as http:
        assert http.get("/config.json").text == "http://site.example/config.json"


def test_this_machine_is_reached_without_it(port: int) -> None:
    for host in ("gatehouse-local.localhost", "127.0.0.1"):
        with site.client(f"http://{host}:{port}", 1) as http:
            assert http.get("/config.json").text == "/config.json"
