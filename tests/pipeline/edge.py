"""AWS's public host names in front of the emulator: an HTTP proxy that terminates TLS for CloudFront and API Gateway.

A program with this proxy in HTTPS_PROXY, and with its certificate among the trusted ones, reaches the emulated
distributions and stages at their real addresses. The proxy connects to no other host.
"""

import datetime
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Edge:
    """The proxy's address, and the file with its certificate."""

    proxy: str
    certificate: Path


@contextmanager
def running(emulator: str, hosts: tuple[str, ...], folder: Path) -> Iterator[Edge]:
    """Run the proxy until the block ends; `hosts` are patterns, `emulator` is the address that it forwards to."""
    certificate, key = _make_certificate(hosts, folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    behind = urlsplit(emulator)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            method, target, _ = self.rfile.readline().split(b" ", 2)
            while self.rfile.readline().strip():
                pass
            host = target.decode().rpartition(":")[0]
            if method != b"CONNECT" or not any(fnmatchcase(host, pattern) for pattern in hosts):
                self.wfile.write(_FORBIDDEN)
                return
            self.wfile.write(_ESTABLISHED)
            with (
                suppress(OSError),  # the client has closed the connection
                context.wrap_socket(self.connection, server_side=True) as viewer,
                socket.create_connection((behind.hostname, behind.port)) as origin,
            ):
                back = threading.Thread(target=_copy, args=(origin, viewer), daemon=True)
                back.start()
                _copy(viewer, origin)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Edge(f"http://127.0.0.1:{server.server_address[1]}", certificate)
        server.shutdown()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _make_certificate(hosts: tuple[str, ...], folder: Path) -> tuple[Path, Path]:
    """Write a certificate that is its own authority, and its key; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "edge of the emulated AWS")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, key_file = folder / "edge.pem", folder / "edge.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, key_file
