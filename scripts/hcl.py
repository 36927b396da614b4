"""Reads files in Terraform's configuration language."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

_PLAIN = hcl2.SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)
"""Only the file's content: no comments, none of the parser's own entries, texts without quotation marks."""


def read(path: Path) -> dict[str, Any]:
    """Return the content of a file, as `loads` does; raises OSError if it cannot be read."""
    return loads(path.read_text(encoding="utf-8"))


def loads(text: str) -> dict[str, Any]:
    """Return the content of a file's text; expressions are texts, blocks are lists.

    Raises:
        Exception: its syntax is wrong; the parser's errors share no base class.
    """
    return hcl2.loads(text, serialization_options=_PLAIN)


def members(type_expression: str) -> dict[str, str]:
    """Return the attributes of an object type, each with its own type expression; empty for every other type.

    `type_expression` is a text such as `object({ a = string, b = optional(object({ c = bool })) })`.
    """
    text = type_expression.strip().removeprefix("${").strip()
    if text.startswith("optional("):
        return members(next(_parts(text.removeprefix("optional("))))
    if not text.startswith("object({"):
        return {}
    named = (part.partition("=") for part in _parts(text.removeprefix("object({")))
    return {name.strip(): own.strip() for name, _, own in named}


def _parts(text: str) -> Iterator[str]:
    """Yield the parts between commas, up to the bracket that closes the one before the text."""
    depth, start, in_text = 0, 0, False
    for index, character in enumerate(text):
        in_text ^= character == '"'
        if in_text:
            continue
        if character in ",)}]" and depth == 0:
            yield text[start:index]
            start = index + 1
            if character != ",":
                return
        depth += (character in "({[") - (character in ")}]")
