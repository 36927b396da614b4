"""The command line of `python -m local.tenant`."""

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from local.tenant import faults, people

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True)
class Settings:
    """The options as values; port 0 means any free port."""

    port: int
    tls_port: int
    host: str
    names: tuple[str, ...]
    state_directory: Path
    access_path: Path
    action_path: Path
    people_path: Path
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
    """Return the options in `arguments` (sys.argv if None); argparse exits with code 2 if they are invalid."""
    values = _parser().parse_args(arguments)
    return Settings(
        port=values.port,
        tls_port=values.tls_port,
        host=values.host,
        names=tuple(values.name),
        state_directory=values.state_directory,
        access_path=values.access,
        action_path=values.action,
        people_path=values.people,
        empty=values.empty,
        faults=values.faults,
        requests_per_second=values.requests_per_second,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.tenant",
        description="Run a local Auth0 tenant, with the data files and the Action of auth0/. Never deployed.",
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
        help="the address to listen on (default 127.0.0.1). On another, anyone who reaches it can sign in as any user",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        type=_name,
        help="another host name to accept besides localhost; tokens requested there have it as issuer (repeatable)",
    )
    parser.add_argument(
        "--state-directory",
        type=Path,
        required=True,
        help="the folder for the tenant's database, keys and certificates",
    )
    parser.add_argument("--access", type=Path, required=True, help="access.yaml: connections and the scopes they grant")
    parser.add_argument("--action", type=Path, required=True, help="the post-login Action, JavaScript")
    parser.add_argument(
        "--people",
        type=Path,
        default=people.DEFAULT_PATH,
        help="the people whom the sign-in page offers, and their roles (default local/tenant/people.yaml)",
    )
    parser.add_argument(
        "--empty", action="store_true", help="start like a new tenant, without application, API or connection"
    )
    parser.add_argument(
        "--requests-per-second",
        type=_positive,
        help="answer 429 to more requests of the Management API; 2 is Auth0's Free plan (default: no limit)",
    )
    parser.add_argument(
        "--faults", action="store_true", help="let programs on this machine switch on faults (see below)"
    )
    return parser
