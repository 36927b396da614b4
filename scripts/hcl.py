"""Reads files in Terraform's configuration language."""

from pathlib import Path
from typing import Any

import hcl2

_PLAIN = hcl2.SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)
"""Only the file's content: no comments, no marks of the parser, texts without quotation marks."""


def read(path: Path) -> dict[str, Any]:
    """Return the content of a file, as `loads` does; raises OSError where it cannot be read."""
    return loads(path.read_text(encoding="utf-8"))


def loads(text: str) -> dict[str, Any]:
    """Return the content of a file's text; expressions are texts, blocks are lists.

    Raises:
        Exception: its syntax is wrong; the parser's errors share no base class.
    """
    return hcl2.loads(text, serialization_options=_PLAIN)
