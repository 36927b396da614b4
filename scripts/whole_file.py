"""Replaces a file in one step: a reader sees the old content or the new, even if the writer is killed."""

import os
from pathlib import Path


def write(path: Path, content: bytes, *, private: bool = False) -> bool:
    """Write the content to a file; return whether that changed it. An unchanged file keeps its modification time.

    The content is written to a temporary file in the same folder, then renamed, which POSIX makes atomic (rename(2)).
    Only the owner can read a `private` file.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.touch(0o600 if private else 0o666)  # the umask removes bits
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return True
