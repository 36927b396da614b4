"""Reads a YAML file that has a JSON Schema next to it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from local.start import StartError


def load_valid(path: Path) -> dict[str, Any]:
    """Return the content of `<name>.yaml`, checked against `<name>.schema.json` in the same folder.

    Raises:
        StartError: a file is missing or invalid; the text names the file and the place in it.
    """
    document: dict[str, Any] = _load_yaml(path)
    schema_path = path.with_suffix(".schema.json")
    try:
        jsonschema.validate(document, json.loads(read_text(schema_path)))
    except jsonschema.ValidationError as error:
        raise StartError(f"{path}: {error.json_path}: {error.message}; see {schema_path}") from error
    return document


def read_text(path: Path) -> str:
    """Return a file's text; raise StartError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise StartError(f"cannot read {path}: {error.strerror}") from error


def _load_yaml(path: Path) -> Any:  # noqa: ANN401 - any YAML; the schema checks it
    try:
        return yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise StartError(f"{path} is not YAML: {error}") from error
