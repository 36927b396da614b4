"""Adds an entry to a file that people write, and changes no other character of it."""

import json
import re
from collections.abc import Iterable
from typing import Any

import yaml


def into_mapping(text: str, path: Iterable[str], key: str, value: str) -> str:
    """Return a YAML text with `key: value` as the last entry of the mapping at `path`."""
    mapping = _node(text, path)
    entries = [(entry_key, entry_value) for entry_key, entry_value in mapping.value]
    return _appended(text, mapping, entries, f"{key}: {_scalar(value)}")


def into_sequence(text: str, path: Iterable[str], value: str) -> str:
    """Return a YAML text with `value` as the last entry of the sequence at `path`."""
    sequence = _node(text, path)
    entries: list[tuple[yaml.Node, yaml.Node]] = [
        (sequence, entry) for entry in sequence.value
    ]  # a sequence begins in the column of its dashes
    return _appended(text, sequence, entries, value if sequence.flow_style else f"- {value}")


def into_package_lists(text: str, name: str) -> str:
    """Return pyproject.toml's text with a package added to each list of import-linter that names all packages."""
    return re.sub(
        r'^((?:root_packages|modules|source_modules) = \[(?:"\w+", )*"authorizer"(?:, "\w+")*)\]$',
        rf"\1, {json.dumps(name)}]",
        text,
        flags=re.MULTILINE,
    )


def _node(text: str, path: Iterable[str]) -> yaml.CollectionNode:
    node: Any = yaml.compose(text, yaml.SafeLoader)
    for part in path:
        node = next(value for key, value in node.value if key.value == part)
    found: yaml.CollectionNode = node
    return found


def _appended(text: str, node: yaml.CollectionNode, entries: list[tuple[yaml.Node, yaml.Node]], entry: str) -> str:
    """Return the text with an entry after the last one; each of `entries` is its first and its last node."""
    if not entries:  # an empty collection is written {} or []
        place = node.end_mark.index - 1
        return text[:place] + entry + text[place:]
    first, last = entries[-1]
    if node.flow_style:
        place = last.end_mark.index
        return f"{text[:place]}, {entry}{text[place:]}"
    line_end = text.find("\n", last.end_mark.index)
    place = len(text) if line_end < 0 else line_end
    return f"{text[:place]}\n{' ' * first.start_mark.column}{entry}{text[place:]}"


def _scalar(value: str) -> str:
    """Return a text as a YAML scalar: plain, or quoted if it must be."""
    return yaml.safe_dump(value, width=1_000, allow_unicode=True).removesuffix("\n").removesuffix("\n...")
