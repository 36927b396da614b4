"""A download ends by its deadline, within its size, at the given address. The server is real."""

import contextlib
import socket
import threading
from typing import Any

import pytest

from authorizer.download import DEADLINE_SECONDS, SIZE_LIMIT, DownloadError, download, may_download

type KeyServer = Any  # conftest.KeyServer, which pytest's importlib mode does not let us import


def test_the_body_is_returned(key_server: KeyServer) -> None:
    assert download(key_server.url, 5.0) == key_server.body


def test_a_body_of_exactly_the_limit_is_taken(key_server: KeyServer) -> None:
    key_server.body = b"x" * 1_000
    assert download(key_server.url, 5.0, size_limit=1_000) == key_server.body


def test_a_byte_more_than_the_limit_is_refused(key_server: KeyServer) -> None:
    key_server.body = b"x" * 1_001
    with pytest.raises(DownloadError):
        download(key_server.url, 5.0, size_limit=1_000)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_any_status_but_200_is_refused_and_no_redirect_followed(status: int, key_server: KeyServer) -> None:
    key_server.status, key_server.headers = status, {"Location": key_server.url}
    with pytest.raises(DownloadError):
        download(key_server.url, 5.0)
    assert len(key_server.requests) == 1


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_server_that_drips_is_left_at_the_deadline(part: str, key_server: KeyServer) -> None:
    key_server.drip = part
    with pytest.raises(DownloadError):
        download(key_server.url, 0.2)
    assert not key_server.released.is_set()


def test_the_limits_of_a_download_are_a_second_and_a_half_and_150_kilobytes() -> None:
    assert (DEADLINE_SECONDS, SIZE_LIMIT) == (1.5, 150_000)


def test_a_body_that_ends_early_is_an_error(key_server: KeyServer) -> None:
    key_server.cut = 10
    with pytest.raises(DownloadError):
        download(key_server.url, 5.0)


def test_what_is_no_http_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer_once, args=(server, b"SSH-2.0-OpenSSH\r\n"))
        answering.start()
        with pytest.raises(DownloadError):
            download(f"http://127.0.0.1:{server.getsockname()[1]}/", 5.0)
        answering.join()


def test_headers_without_end_are_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        flood = b"HTTP/1.1 200 OK\r\n" + b"X-Flood: 1\r\n" * 10_000
        answering = threading.Thread(target=answer_once, args=(server, flood))
        answering.start()
        with pytest.raises(DownloadError):
            download(f"http://127.0.0.1:{server.getsockname()[1]}/", 5.0)
        answering.join()


def answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.recv(65_536)
        connection.sendall(answer)


def test_no_proxy_is_used(key_server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert download(key_server.url, 5.0) == key_server.body


def test_a_server_that_never_answers_is_left_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DownloadError):
        download(f"http://127.0.0.1:{silent.getsockname()[1]}/", 0.2)


def test_a_dead_port_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(DownloadError):
        download(f"http://127.0.0.1:{port}/", 5.0)


def test_https_to_a_server_without_tls_is_an_error(key_server: KeyServer) -> None:
    with pytest.raises(DownloadError) as failure:
        download(key_server.url.replace("http://", "https://"), 5.0)
    assert "SSL" in str(failure.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://gatehouse.eu.auth0.com/",
        "https://login.example.com:8443/.well-known/jwks.json",
        "http://localhost:4580/",
        "http://gatehouse.localhost:4580/",
        "http://127.0.0.1:4580/",
        "http://[::1]:4580/",
    ],
)
def test_https_anywhere_and_http_to_this_machine_may_be_downloaded(url: str) -> None:
    assert may_download(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://gatehouse.eu.auth0.com/",
        "http://localhost.example.com/",
        "http://localhost@example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.2/",
        "http://example.com/?localhost:80/",
        "https://user:password@gatehouse.eu.auth0.com/",
        "https://gatehouse.eu.auth0.com",
        "https://gatehouse.eu.auth0.com/?a=b",
        "https://gatehouse.eu.auth0.com/#a",
        "https://gatehouse.eu.auth0.com/\r\nHost: x",
        "https:///",
        "HTTP://localhost/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "gatehouse.eu.auth0.com",
        "",
    ],
)
def test_any_other_address_may_not_be_downloaded(url: str) -> None:
    assert not may_download(url)
    with pytest.raises(DownloadError):
        download(url, 5.0)
