"""The settings of a local system: its ports, its folder, and the two legacy modes. Every stack has its own."""

import random
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from scripts.errors import UserError
from scripts.project_name import PROJECT
from scripts.tools import ROOT

_HIGHEST_PORT = 65535
_OWN_PORTS = (20_000, 32_000)
# The second value is the legacy mode, for a tenant that cannot use the first one yet (docs/decisions/0001).
LOGIN_FLOWS = ("code", "implicit")
API_SIGNING_ALGORITHMS = ("RS256", "HS256")


def _name() -> str:
    """Return the prefix of every name in terraform/local: ${project}-${environment}."""
    text = (ROOT / "terraform" / "local" / "main.tf").read_text(encoding="utf-8")
    given = re.search(r'^  environment += "([a-z0-9-]+)"$', text, re.MULTILINE)
    if given is None:
        raise UserError("terraform/local/main.tf must give the module stack an environment, in quotes.")
    return f"{PROJECT}-{given[1]}"


NAME = _name()
"""The prefix of every name in terraform/local."""


@dataclass(frozen=True)
class Settings:
    """The local system's settings; the variable `GATEHOUSE_<FIELD>` sets each port.

    The two legacy modes have the same names as in Terraform. They are not stored: a plain `make up` returns to the
    defaults. With `faults` (GATEHOUSE_FAULTS=1), tests can make the local tenant inject faults. `aws_provider`
    (GATEHOUSE_AWS_PROVIDER) names a running AWS provider, like TF_REATTACH_PROVIDERS; Terraform then attaches to it.
    """

    directory: Path
    aws_port: int = 4566
    auth0_port: int = 4580
    auth0_tls_port: int = 4581
    login_flow: str = LOGIN_FLOWS[0]
    api_signing_algorithm: str = API_SIGNING_ALGORITHMS[0]
    faults: bool = False
    aws_provider: str | None = None

    @property
    def aws_url(self) -> str:
        """The URL of the emulated AWS API. It has an IP address, so that clients use path-style requests for S3."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def site_host(self) -> str:
        """The Host header of the site at the emulated CloudFront."""
        return f"{NAME}.localhost:{self.aws_port}"

    @property
    def site_origin(self) -> str:
        """The origin of the site in a browser, without a trailing slash."""
        return f"http://{self.site_host}"

    @property
    def issuer(self) -> str:
        """The `iss` of the tokens that a browser gets from the local tenant."""
        return f"http://localhost:{self.auth0_port}/"

    @property
    def is_legacy(self) -> bool:
        """Whether the stack uses a legacy mode, of which Terraform warns."""
        return self.login_flow != LOGIN_FLOWS[0] or self.api_signing_algorithm != API_SIGNING_ALGORITHMS[0]

    @property
    def logs(self) -> Path:
        """The folder for the logs of the services and of Terraform."""
        return self.directory / "logs"


def variable(field: str) -> str:
    """Return the environment variable that sets the field."""
    return f"GATEHOUSE_{field.upper()}"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        UserError: a port is not a number from 1 to 65535, or is used twice; or there is no such flow or algorithm.
    """
    ports = {field.name: _port(environment, field.name) for field in fields(Settings) if field.name.endswith("_port")}
    chosen = {name: port for name, port in ports.items() if port is not None}
    directory = Path(environment.get("GATEHOUSE_LOCAL_DIR") or ROOT / ".local").expanduser().absolute()
    settings = Settings(
        directory,
        **chosen,
        login_flow=_choice(environment, "LOGIN_FLOW", LOGIN_FLOWS),
        api_signing_algorithm=_choice(environment, "API_SIGNING_ALGORITHM", API_SIGNING_ALGORITHMS),
        faults=bool(environment.get("GATEHOUSE_FAULTS")),
        aws_provider=environment.get("GATEHOUSE_AWS_PROVIDER") or None,
    )
    used = [settings.aws_port, settings.auth0_port, settings.auth0_tls_port]
    if len(set(used)) < len(used):
        raise UserError(f"{', '.join(map(variable, ports))} must be three different ports, not {used}.")
    return settings


def free_ports(count: int) -> list[int]:
    """Return free ports, for a stack next to the developer's.

    Nothing reserves them. But they are below the range from which Linux chooses ports for outgoing connections
    (ip(7), ip_local_port_range), so no connection gets one, even while a stack is down.
    """
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(*_OWN_PORTS)  # noqa: S311 - no secret
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found += {port} - {*found}
    return found


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name) or choices[0]
    if value not in choices:
        raise UserError(f"{name}={value} is unknown; choose {' or '.join(choices)}.")
    return value


def _port(environment: Mapping[str, str], field: str) -> int | None:
    value = environment.get(variable(field))
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= _HIGHEST_PORT):
        raise UserError(f"{variable(field)}={value} is not a port; choose a number from 1 to {_HIGHEST_PORT}.")
    return int(value)
