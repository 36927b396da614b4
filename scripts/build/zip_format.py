"""Writes reproducible zips, whose bytes depend only on their files: sorted names, one date, fixed modes.

Python's zipfile compresses with the zlib that Python was built with, whose output differs between builds, and it does
not accept content that is already compressed. So this module writes the three records of the format itself. It
compresses with libdeflate, which uses integer arithmetic only: one version, pinned by the lock file, gives the same
output on every machine (https://github.com/ebiggers/libdeflate/issues/400).

The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (6.3.10), §4.3.7, §4.3.12 and §4.3.16.
"""

import functools
import stat
import struct
import zlib
from collections.abc import Mapping

import deflate

# The lowest of libdeflate's twelve levels with its best parser; level 12 takes twice as long and saves 0.2 % more.
_LEVEL = 10

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

_VERSION_NEEDED = 20  # 2.0: deflate
_MADE_BY = 3 << 8 | _VERSION_NEEDED  # always Unix: readers ignore the permissions of other systems
_UTF8_NAME = 1 << 11
_DEFLATED = 8
_TIME, _DATE = 0, (1 << 5) + 1  # 1980-01-01, the earliest date of the format


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files, given by their name in it; native libraries (`.so`) are executable."""
    entries, directory, offset = [], [], 0
    for name in sorted(files):
        content, encoded = files[name], name.encode()
        packed = _packed(content)
        mode = stat.S_IFREG | (0o755 if name.endswith(".so") else 0o644)
        checks = (zlib.crc32(content), len(packed), len(content), len(encoded))
        common = (_VERSION_NEEDED, _UTF8_NAME, _DEFLATED, _TIME, _DATE, *checks, 0)
        entry = _LOCAL.pack(b"PK\3\4", *common) + encoded + packed
        directory.append(_CENTRAL.pack(b"PK\1\2", _MADE_BY, *common, 0, 0, 0, mode << 16, offset) + encoded)
        entries.append(entry)
        offset += len(entry)
    listing = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), len(listing), offset, 0)
    return b"".join([*entries, listing, end])


@functools.cache
def _packed(content: bytes) -> bytes:
    """Return the compressed content, cached because the APIs' zips share most files."""
    return bytes(deflate.deflate_compress(content, _LEVEL))
