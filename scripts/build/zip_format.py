"""A zip whose bytes follow from its files alone: sorted names, one date, fixed modes, one deflate library.

Python's own zipfile deflates with the zlib that Python was built with, whose output differs from one build to the next,
and takes no content that was deflated elsewhere. So the three records of the format are written here. Deflate is
libdeflate's: integer arithmetic only, and the same output on every machine for one version of it, which the lock file
names. Its author says so: https://github.com/ebiggers/libdeflate/issues/400

The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (6.3.10), §4.3.7, §4.3.12 and §4.3.16.
"""

import stat
import struct
import zlib
from collections.abc import Mapping

import deflate

# Of libdeflate's twelve levels the first with its best parser; 12 takes twice as long for 0.2 % less.
_LEVEL = 10

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

_VERSION_NEEDED = 20  # 2.0: deflate
_MADE_BY = 3 << 8 | _VERSION_NEEDED  # Unix, wherever it is built: only then are the permissions read
_UTF8_NAME = 1 << 11
_DEFLATED = 8
_TIME, _DATE = 0, (1 << 5) + 1  # 1980-01-01, the earliest that the format can say


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files, given by their name in it; native libraries (`.so`) are executable."""
    entries, directory, offset = [], [], 0
    for name in sorted(files):
        content, encoded = files[name], name.encode()
        packed = bytes(deflate.deflate_compress(content, _LEVEL))
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
