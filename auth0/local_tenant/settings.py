"""What the command line says, read once."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import local_tenant


@dataclass(frozen=True)
class Settings:
    """The command line, as values; a port of 0 means any free one."""

    port: int
    tls_port: int
    state_directory: Path
    access_path: Path
    action_path: Path
    empty: bool


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError
    return port


def parse(arguments: list[str] | None = None) -> Settings:
    """Read the command line (sys.argv when None); argparse exits with 2 and a sentence when it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m local_tenant", description=local_tenant.__doc__)
    parser.add_argument(
        "--port", type=_port, default=4580, help="http, for the browser (default 4580; 0: any free port)"
    )
    parser.add_argument("--tls-port", type=_port, default=4581, help="https, for Terraform (default 4581; 0: any)")
    parser.add_argument("--state-directory", type=Path, required=True, help="where the tenant keeps all it knows")
    parser.add_argument("--access", type=Path, required=True, help="access.yaml: who may do what")
    parser.add_argument("--action", type=Path, required=True, help="the post-login Action, JavaScript")
    parser.add_argument("--empty", action="store_true", help="start as a new tenant: no application, API or connection")
    values = parser.parse_args(arguments)
    return Settings(
        values.port, values.tls_port, values.state_directory, values.access, values.action, empty=values.empty
    )
