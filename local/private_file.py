"""A file that only its owner can read, replaced in one step."""

import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> None:
    """Replace a file in one step, with mode 0600: a reader sees the old text or the new one, never a part.

    Raises:
        OSError: the folder cannot be written; the old file is still there.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
