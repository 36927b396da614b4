"""Where Terraform's providers come from: a filesystem mirror where there is one, else the registry.

A mirror is a folder that holds `registry.terraform.io/<namespace>/<name>/<version>/<platform>/`
(https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror).
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.errors import UserError

REGISTRY = "registry.terraform.io"
AWS_PROVIDER = "hashicorp/aws"


def usual_places(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders in which mirrors are kept: Terraform's own implied ones, then /opt/<anything>."""
    home = Path(environment.get("HOME") or "/nonexistent")
    yield home / ".terraform.d" / "plugins"
    yield Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for base in (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(base) / "terraform" / "plugins"
    yield from sorted(place.parent for place in Path("/opt").glob(f"*/{REGISTRY}"))


def holds(mirror: Path, provider: str) -> bool:
    """Tell whether the mirror has any version of the provider, given as `namespace/name`."""
    return any((mirror / REGISTRY / provider).glob("*"))


def find_mirror(environment: Mapping[str, str]) -> Path | None:
    """Return the mirror named by PROVIDER_MIRROR, else one in the usual places, else None for the registry.

    Raises:
        UserError: PROVIDER_MIRROR names a folder without the AWS provider, or neither a mirror nor the registry
            can be had.
    """
    if named := environment.get("PROVIDER_MIRROR"):
        mirror = Path(named).expanduser().absolute()
        if not holds(mirror, AWS_PROVIDER):
            raise UserError(
                f"PROVIDER_MIRROR={named} has no {REGISTRY}/{AWS_PROVIDER} below it; name the folder above."
            )
        return mirror
    found = next((place for place in usual_places(environment) if holds(place, AWS_PROVIDER)), None)
    if found is None and not registry_answers():
        raise UserError(
            f"the AWS provider is in no usual place and {REGISTRY} does not answer; "
            "set PROVIDER_MIRROR to a filesystem mirror that holds it."
        )
    return found


def registry_answers() -> bool:
    """Tell whether Terraform's registry takes a connection within five seconds."""
    try:
        socket.create_connection((REGISTRY, 443), timeout=5).close()
    except OSError:
        return False
    return True


def write_cli_config(mirror: Path | None, path: Path) -> None:
    """Write the Terraform CLI configuration: what the mirror holds comes from it, all else from the registry.

    The file is left alone when it says the same already, so that its time tells when it changed.
    """
    if mirror is None:
        text = "provider_installation {\n  direct {}\n}\n"
    else:
        held = [
            f"{REGISTRY}/{name.parent.name}/{name.name}"
            for name in sorted((mirror / REGISTRY).glob("*/*"))
            if name.is_dir()
        ]
        text = (
            "provider_installation {\n"
            f"  filesystem_mirror {{\n    path    = {json.dumps(str(mirror))}\n    include = {json.dumps(held)}\n  }}\n"
            f"  direct {{\n    exclude = {json.dumps(held)}\n  }}\n"
            "}\n"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def cli_config(path: Path) -> Path:
    """Find the mirror for this process's environment, write the CLI configuration to `path` and return it."""
    write_cli_config(find_mirror(os.environ), path)
    return path
