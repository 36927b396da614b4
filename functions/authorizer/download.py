"""Downloads a small public document within one deadline, which includes the name look-up and the reading.

The standard library's time-outs apply to each read: a server that sends a byte a second holds a request for minutes.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http.client import HTTPConnection
    from socket import socket

DEADLINE_SECONDS = 1.5
SIZE_LIMIT = 150_000  # bytes; Auth0's key sets take about 3,000
_OK = 200

# Plain http only to this machine, where the local tenant listens.
_URL = re.compile(
    r"(?P<scheme>https|http(?=://(?:localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])[:/]))://"
    r"(?P<host>[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::(?P<port>[0-9]{1,5}))?(?P<path>/[A-Za-z0-9._~/-]*)"
)


class DownloadError(OSError):
    """The download failed: the server is down or slow, redirects, answers an error, or sends too much."""


def may_download(url: str) -> bool:
    """Return whether a URL is https, or http to this machine, without user, query and fragment."""
    return _URL.fullmatch(url) is not None


def download(url: str, deadline_seconds: float = DEADLINE_SECONDS, size_limit: int = SIZE_LIMIT) -> bytes:
    """Return the body of the 200 answer to a GET of `url`; follow no redirect and use no proxy.

    Raises DownloadError, at the latest at the deadline.
    """
    # Imported here, because a decision with a fresh key needs no network, and sockets and TLS are a third of a cold
    # start.
    from contextlib import closing
    from threading import Event, Thread

    match = _URL.fullmatch(url)
    if match is None:
        raise DownloadError("not an address that may be downloaded")
    late = Event()
    connections: list[HTTPConnection] = []
    sockets: list[socket] = []  # the response takes the socket from the connection if the server will close it
    body: list[bytes] = []
    failure: list[Exception] = []

    def work() -> None:
        try:
            connections.append(connection := _connection(match, deadline_seconds))
            with closing(connection):
                connection.connect()
                sockets.append(connection.sock)
                if not late.is_set():
                    body.append(_get(connection, match["path"], size_limit))
        except Exception as error:  # raised below, in the caller's thread
            failure.append(error)

    # In a thread, because only a thread can be abandoned if a name server hangs or a server drips headers.
    worker = Thread(target=work, name="download", daemon=True)
    worker.start()
    worker.join(deadline_seconds)
    if body:
        return body[0]
    late.set()
    for held in [*sockets, *(connection.sock for connection in connections)]:
        _hang_up(held)
    if not failure:
        raise DownloadError("no document within the deadline")
    raise DownloadError(
        f"no document: {failure[0] if isinstance(failure[0], DownloadError) else type(failure[0]).__name__}"
    )


def _connection(match: re.Match[str], timeout_seconds: float) -> "HTTPConnection":
    from http.client import HTTPConnection, HTTPSConnection

    connect = HTTPSConnection if match["scheme"] == "https" else HTTPConnection
    host, port = match["host"].strip("[]"), int(match["port"]) if match["port"] else None
    return connect(host, port, timeout=timeout_seconds)


def _get(connection: "HTTPConnection", path: str, size_limit: int) -> bytes:
    connection.request("GET", path, headers={"accept": "application/json"})
    with connection.getresponse() as response:
        if response.status != _OK:
            raise DownloadError("not status 200")
        body = response.read(size_limit + 1)
        if len(body) > size_limit or response.length:
            raise DownloadError("larger than allowed, or cut short")
    return body


def _hang_up(held: "socket | None") -> None:
    """Close the socket to end the worker's read; otherwise a dripping server would keep a thread for each attempt."""
    from socket import SHUT_RDWR

    try:
        if held is not None:
            held.shutdown(SHUT_RDWR)
    except OSError:
        return  # the server has hung up already
