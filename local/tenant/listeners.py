"""The two doors of the tenant: http for the browser, https for Terraform; on this machine only, unless told."""

import errno
import socket
from dataclasses import dataclass

from starlette.requests import Request

from local.start import StartError

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Listeners:
    """The ports in use and the names that the tenant answers to, and what follows from them."""

    http_port: int
    https_port: int
    more_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a request may use for this tenant."""
        return (*LOOPBACK_NAMES, *self.more_names)

    def port(self, scheme: str) -> int:
        """Return the port of `http` or `https`."""
        return self.https_port if scheme == "https" else self.http_port

    def hosts(self, scheme: str) -> set[str]:
        """Return every Host header that is meant for this tenant."""
        return {f"{name}:{self.port(scheme)}" for name in self.names}

    def origin(self, scheme: str, name: str = "localhost") -> str:
        """Return the origin a browser or Terraform sees, without a trailing slash."""
        return f"{scheme}://{name}:{self.port(scheme)}"

    def issuer(self, request: Request) -> str:
        """Return the issuer of a token asked for in this request; like Auth0's, it ends in a slash."""
        name = request.url.hostname if request.url.hostname in self.more_names else "localhost"
        return self.origin(request.url.scheme, name) + "/"

    def issuers(self) -> set[str]:
        """Return every issuer whose tokens are ours."""
        names = ("localhost", *self.more_names)
        return {self.origin(scheme, name) + "/" for scheme in ("http", "https") for name in names}

    @property
    def management_audience(self) -> str:
        """The Management API's identifier, as grants name it."""
        return self.origin("https") + "/api/v2/"

    def management_audiences(self) -> set[str]:
        """Return every way to write the Management API's identifier on this tenant."""
        return {f"{self.origin(scheme, name)}/api/v2/" for scheme in ("http", "https") for name in self.names}


def bind(host: str, port: int, variable: str) -> socket.socket:
    """Open a listening socket; raise StartError naming the environment variable when the port is taken."""
    # IPPROTO_TCP, although it is the only choice: where it is not said, asyncio leaves Nagle's algorithm on, and a body
    # waits 40 ms for the acknowledgement of its head.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            sentence = f"port {port} is in use: stop what uses it, or set {variable} to another port"
        else:
            sentence = f"cannot listen on {host} port {port} ({error.strerror}): name an address of this machine"
        raise StartError(sentence) from error
    return listener
