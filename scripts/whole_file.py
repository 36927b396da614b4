"""Writes a file whole: a reader finds the old content or the new, never a half, however the writer ends."""

import os
from pathlib import Path


def write(path: Path, content: bytes) -> bool:
    """Bring a file to its content and return whether that changed it; a file that is the same keeps its date.

    The content is written beside the file, then renamed to it, which POSIX makes one step (rename(2)).
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
