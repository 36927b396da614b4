"""access.yaml and the Action's code as it is deployed from it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from local_tenant.errors import StartError


@dataclass(frozen=True)
class Access:
    """What auth0/access.yaml says, and the Action that enforces it."""

    audience: str
    scopes: dict[str, str]
    connections: dict[str, dict[str, Any]]
    action_code: str


def load(access_path: Path, action_path: Path) -> Access:
    """Read both files; raise StartError naming the file and place when one is missing or wrong."""
    document = _load_yaml(access_path)
    schema_path = access_path.with_name("access.schema.json")
    try:
        jsonschema.validate(document, json.loads(_read(schema_path)))
    except jsonschema.ValidationError as error:
        raise StartError(f"{access_path}: {error.json_path}: {error.message}; {schema_path} has its form") from error
    code = f"const ACCESS = {json.dumps(document)};\n{_read(action_path)}"
    return Access(document["audience"], document["scopes"], document["connections"], code)


def _load_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever YAML says; the schema judges it
    try:
        return yaml.safe_load(_read(path))
    except yaml.YAMLError as error:
        raise StartError(f"{path} is not YAML: {error}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StartError(f"cannot read {path}: {error.strerror}") from error
