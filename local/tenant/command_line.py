"""What the command line says, read once."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import local.tenant
from local.tenant import faults

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """The command line, as values; a port of 0 means any free one."""

    port: int
    tls_port: int
    host: str
    names: tuple[str, ...]
    state_directory: Path
    access_path: Path
    action_path: Path
    empty: bool
    faults: bool
    requests_per_second: int | None


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError
    return text


def parse(arguments: list[str] | None = None) -> Settings:
    """Read the command line (sys.argv when None); argparse exits with 2 and a sentence when it is wrong."""
    values = _parser().parse_args(arguments)
    return Settings(
        port=values.port,
        tls_port=values.tls_port,
        host=values.host,
        names=tuple(values.name),
        state_directory=values.state_directory,
        access_path=values.access,
        action_path=values.action,
        empty=values.empty,
        faults=values.faults,
        requests_per_second=values.requests_per_second,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.tenant",
        description=local.tenant.__doc__,
        epilog=f"With --faults:\n\n{faults.__doc__}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=_port, default=4580, help="http, for the browser (default 4580; 0: any free port)"
    )
    parser.add_argument("--tls-port", type=_port, default=4581, help="https, for Terraform (default 4581; 0: any)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="the address to listen on (default 127.0.0.1). Any other lets whoever reaches it sign in as anybody",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        type=_name,
        help="a host name to answer to, beside localhost; its tokens name it as their issuer (repeat for more)",
    )
    parser.add_argument("--state-directory", type=Path, required=True, help="where the tenant keeps all it knows")
    parser.add_argument("--access", type=Path, required=True, help="access.yaml: who may do what")
    parser.add_argument("--action", type=Path, required=True, help="the post-login Action, JavaScript")
    parser.add_argument("--empty", action="store_true", help="start as a new tenant: no application, API or connection")
    parser.add_argument(
        "--requests-per-second",
        type=_positive,
        help="refuse more requests of the Management API with 429: 2 is Auth0's Free plan (default: refuse none)",
    )
    parser.add_argument("--faults", action="store_true", help="let requests of this machine ask for faults (see below)")
    return parser
