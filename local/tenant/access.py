"""Reads auth0/: access.yaml, the Action's code as deployed, and the look of the sign-in page."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.tenant.data_file import load_valid, read_text


@dataclass(frozen=True)
class Access:
    """The content of auth0/access.yaml, the code of the Action, and branding.yaml (None if there is no such file)."""

    audience: str
    scopes: dict[str, str]
    connections: dict[str, dict[str, Any]]
    machine_clients: dict[str, dict[str, Any]]
    role_based_access_control: bool
    action_code: str
    branding: dict[str, Any] | None


def load(access_path: Path, action_path: Path) -> Access:
    """Read the files, with `branding.yaml` from the folder of access.yaml.

    Raises:
        StartError: a file is missing or invalid; the text names the file and the place in it.
    """
    document = load_valid(access_path)
    branding_path = access_path.with_name("branding.yaml")
    code = f"const ACCESS = {_as_terraform_writes(document)};\n{read_text(action_path)}"
    return Access(
        audience=document["audience"],
        scopes=document["scopes"],
        connections=document["connections"],
        machine_clients=document.get("machine_clients", {}),
        role_based_access_control=document.get("role_based_access_control", False),
        action_code=code,
        branding=load_valid(branding_path) if branding_path.exists() else None,
    )


def _as_terraform_writes(document: dict[str, Any]) -> str:
    """Return the text that Terraform's jsonencode makes of module auth0's `access`: all members, in order of name."""
    whole = {"machine_clients": {}, "role_based_access_control": False, **document}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.translate({ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"})
