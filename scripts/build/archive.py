"""Writes a Lambda's zip so that the same files give the same bytes on every machine.

Entries are stored, not deflated: what deflate writes depends on the zlib that Python was built with. Stored, the
authorizer is 17.5 MB and an API 6.4 MB, deflated 5.6 MB and 2.0 MB; Lambda takes 50 MB.

Bytecode travels with the source, because /var/task is read-only in Lambda, so that without it every cold start would
compile again. It is of the kind that Python loads without looking at the source's date (PEP 552, unchecked hash), and
only valid for the minor version of Python that made it; "every machine" means one that runs the same patch release too.
"""

import filecmp
import importlib.util
import marshal
import os
import stat
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

# The earliest that the format can say.
_DATE = (1980, 1, 1, 0, 0, 0)
_UNCHECKED_HASH = (0b01).to_bytes(4, "little")


def with_bytecode(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files by their name in the zip, each Python source joined by its bytecode."""
    compiled = {_bytecode_name(name): _bytecode(name, source) for name, source in files.items() if name.endswith(".py")}
    return {**files, **compiled}


def write_archive(files: Mapping[str, bytes], path: Path) -> bool:
    """Write the files, by their name in the zip, and return whether that changed the zip; an equal one keeps its date.

    The path holds the old zip or the new one, never a half.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(files):
                archive.writestr(_entry(name), files[name])
        if path.exists() and filecmp.cmp(unfinished, path, shallow=False):
            return False
        unfinished.replace(path)
        return True
    finally:
        unfinished.unlink(missing_ok=True)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.create_system = 3  # Unix, also when built elsewhere: only then are the permissions read
    entry.external_attr = (stat.S_IFREG | (0o755 if name.endswith(".so") else 0o644)) << 16
    return entry


def _bytecode_name(name: str) -> str:
    # The tag is part of the name that Python looks for: cpython-313.
    return str(PurePosixPath(importlib.util.cache_from_source(name)))


def _bytecode(name: str, source: bytes) -> bytes:
    with warnings.catch_warnings(action="ignore"):  # a library's old escapes are not ours to mend
        code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(source) + marshal.dumps(code)
