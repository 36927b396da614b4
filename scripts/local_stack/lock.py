"""Allows one command at a time on a local system: two `make up` at once would undo each other's work."""

import contextlib
import fcntl
from collections.abc import Iterator

from scripts.errors import UserError
from scripts.local_stack.settings import Settings


@contextlib.contextmanager
def exclusive(settings: Settings) -> Iterator[None]:
    """Lock the local system's folder within the block; the kernel releases the lock when the process ends.

    Raises:
        UserError: another command holds the lock, or the folder cannot be created.
    """
    try:
        settings.directory.mkdir(parents=True, exist_ok=True)
        lock = (settings.directory / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write to {settings.directory} ({error.strerror}); set GATEHOUSE_LOCAL_DIR.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(f"another command is using {settings.directory}; wait until it ends.") from error
        yield
