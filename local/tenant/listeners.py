"""The tenant's two listeners: http for browsers, https for Terraform. They accept this machine only, by default."""

import errno
import socket
from dataclasses import dataclass

from starlette.requests import Request

from local.start import StartError

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Listeners:
    """The ports and names of the tenant, and the origins, issuers and audiences that follow from them."""

    http_port: int
    https_port: int
    more_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every host name that this tenant accepts."""
        return (*LOOPBACK_NAMES, *self.more_names)

    def port(self, scheme: str) -> int:
        """Return the port of `http` or `https`."""
        return self.https_port if scheme == "https" else self.http_port

    def hosts(self, scheme: str) -> set[str]:
        """Return every Host header that this tenant accepts."""
        return {f"{name}:{self.port(scheme)}" for name in self.names}

    def origin(self, scheme: str, name: str = "localhost") -> str:
        """Return the origin for browsers or Terraform, without a trailing slash."""
        return f"{scheme}://{name}:{self.port(scheme)}"

    def issuer(self, request: Request) -> str:
        """Return the issuer of tokens that this request obtains; like Auth0's, it ends in a slash."""
        name = request.url.hostname if request.url.hostname in self.more_names else "localhost"
        return self.origin(request.url.scheme, name) + "/"

    def issuers(self) -> set[str]:
        """Return every issuer of this tenant's tokens."""
        names = ("localhost", *self.more_names)
        return {self.origin(scheme, name) + "/" for scheme in ("http", "https") for name in names}

    def userinfo_audiences(self) -> set[str]:
        """Return every URL of /userinfo that this tenant's tokens name as an audience."""
        return {f"{issuer}userinfo" for issuer in self.issuers()}

    @property
    def management_audience(self) -> str:
        """The Management API's identifier in client grants."""
        return self.origin("https") + "/api/v2/"

    def management_audiences(self) -> set[str]:
        """Return every identifier of the Management API that this tenant accepts."""
        return {f"{self.origin(scheme, name)}/api/v2/" for scheme in ("http", "https") for name in self.names}


def bind(host: str, port: int, variable: str) -> socket.socket:
    """Open a listening socket; raise StartError if the port is taken, naming the environment variable to set."""
    # Without IPPROTO_TCP, asyncio leaves Nagle's algorithm on, and a body waits 40 ms for the acknowledgement of its
    # head.
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
