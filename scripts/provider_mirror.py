"""Chooses the source of Terraform's providers: a filesystem mirror if there is one, or else the registry.

A mirror is a folder that holds `registry.terraform.io/<namespace>/<name>/<version>/<platform>/`
(https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror).
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx

from scripts.errors import UserError

REGISTRY = "registry.terraform.io"
AWS_PROVIDER = "hashicorp/aws"
AUTH0_PROVIDER = "auth0/auth0"
NOT_TO_BE_HAD = (
    f"{REGISTRY} does not answer, and no mirror has {AUTH0_PROVIDER} (PROVIDER_MIRROR names a filesystem mirror)"
)
_TIMEOUT_SECONDS = 5


def usual_places(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the usual folders of mirrors: Terraform's implied ones, then /opt/<anything>."""
    home = Path(environment.get("HOME") or "/nonexistent")
    yield home / ".terraform.d" / "plugins"
    yield Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for base in (environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(base) / "terraform" / "plugins"
    yield from sorted(place.parent for place in Path("/opt").glob(f"*/{REGISTRY}"))


def holds(mirror: Path, provider: str) -> bool:
    """Return whether the mirror has any version of the provider, given as `namespace/name`."""
    return any((mirror / REGISTRY / provider).glob("*"))


def find_mirror(environment: Mapping[str, str]) -> Path | None:
    """Return the mirror that PROVIDER_MIRROR names, else one in a usual folder, else None for the registry.

    Raises:
        UserError: PROVIDER_MIRROR names a folder without the AWS provider, or neither a mirror nor the registry
            has that provider.
    """
    mirror = _named_or_usual(environment)
    if named := environment.get("PROVIDER_MIRROR"):
        if mirror is None or not holds(mirror, AWS_PROVIDER):
            raise UserError(
                f"PROVIDER_MIRROR={named} has no {REGISTRY}/{AWS_PROVIDER} below it; name the mirror's top folder."
            )
        return mirror
    if mirror is None and not registry_has(AWS_PROVIDER):
        raise UserError(
            f"no usual folder has the AWS provider, and {REGISTRY} does not answer; "
            "set PROVIDER_MIRROR to a filesystem mirror that holds it."
        )
    return mirror


def source(provider: str, environment: Mapping[str, str]) -> str | None:
    """Return the source of a provider, in words: a mirror or else the registry; None if neither has it."""
    mirror = _named_or_usual(environment)
    if mirror is not None and holds(mirror, provider):
        return f"the mirror {mirror}"
    return REGISTRY if registry_has(provider) else None


def registry_has(provider: str) -> bool:
    """Ask Terraform's registry for the versions of a provider; return False if it does not answer in five seconds.

    https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#list-available-versions
    """
    try:
        return httpx.get(f"https://{REGISTRY}/v1/providers/{provider}/versions", timeout=_TIMEOUT_SECONDS).is_success
    except httpx.HTTPError:
        return False


def _named_or_usual(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get("PROVIDER_MIRROR"):
        return Path(named).expanduser().absolute()
    return next((place for place in usual_places(environment) if holds(place, AWS_PROVIDER)), None)


def write_cli_config(mirror: Path | None, path: Path) -> None:
    """Write the Terraform CLI configuration: the mirror serves the providers that it holds, the registry all others.

    A file with the same content is not written again, so its modification time is that of the last change.
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
    """Find the mirror with this process's environment, write the CLI configuration to `path`, and return `path`."""
    write_cli_config(find_mirror(os.environ), path)
    return path
