"""Makes the key of users' pseudonyms, in the archive that Terraform uploads as a layer.

Terraform reads the archive only when it creates the layer. It never uses a later archive, which has another key.
"""

import uuid
from pathlib import Path

from scripts import whole_file
from scripts.build.zip_format import zip_bytes

_ARCHIVE = "subject-hash-key.zip"
FILE = "python/subject_hash_key"
"""Its name in the layer; Lambda puts the folder `python` of a layer on Python's path."""


def provide(folder: Path) -> None:
    """Write an archive with a random key, unless the folder has one; only its owner can read it."""
    if not (folder / _ARCHIVE).exists():
        replace(folder, str(uuid.uuid4()))


def replace(folder: Path, key: str) -> None:
    """Write an archive with this key."""
    whole_file.write(folder / _ARCHIVE, zip_bytes({FILE: key.encode()}), private=True)


def discard(folder: Path) -> None:
    """Remove the archive, after an apply that may have used it."""
    (folder / _ARCHIVE).unlink(missing_ok=True)
