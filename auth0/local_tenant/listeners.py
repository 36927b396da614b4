"""The two doors of the tenant: http for the browser, https for Terraform; both on this machine only."""

import socket
from dataclasses import dataclass

from starlette.requests import Request

from local_tenant.errors import StartError

LOOPBACK_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Listeners:
    """The ports in use, and the names that follow from them."""

    http_port: int
    https_port: int

    def port(self, scheme: str) -> int:
        """Return the port of `http` or `https`."""
        return self.https_port if scheme == "https" else self.http_port

    def origin(self, scheme: str) -> str:
        """Return the origin a browser or Terraform sees, without a trailing slash."""
        return f"{scheme}://localhost:{self.port(scheme)}"

    def issuer(self, request: Request) -> str:
        """Return the issuer of a token asked for in this request; like Auth0's, it ends in a slash."""
        return self.origin(request.url.scheme) + "/"

    def issuers(self) -> set[str]:
        """Return every issuer whose tokens are ours."""
        return {self.origin(scheme) + "/" for scheme in ("http", "https")}

    @property
    def management_audience(self) -> str:
        """The Management API's identifier, as grants name it."""
        return self.origin("https") + "/api/v2/"

    def management_audiences(self) -> set[str]:
        """Return every way to write the Management API's identifier on this tenant."""
        return {
            f"{scheme}://{name}:{self.port(scheme)}/api/v2/" for scheme in ("http", "https") for name in LOOPBACK_NAMES
        }


def bind(port: int, variable: str) -> socket.socket:
    """Open a listening socket on 127.0.0.1; raise StartError naming the environment variable when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise StartError(f"port {port} is in use: stop what uses it, or set {variable} to another port") from error
    return listener
