"""Compares the files of the npm packages in the site's bundle with recorded hashes.

`python -m scripts.build --accept-libraries` records new hashes, after an upgrade that a person has read.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from scripts.errors import UserError

_RECORD = "libraries.json"


def verify(source: Path, used: Iterable[str]) -> None:
    """Compare the source files of the bundle with the hashes in libraries.json.

    `used` are paths below `source`. npm checks a package when it downloads it; this check finds later changes.

    Raises:
        UserError: a file is not recorded, or differs from its record.
    """
    recorded: dict[str, str] = json.loads((source / _RECORD).read_text(encoding="utf-8"))
    for name in sorted(used):
        if recorded.get(name) != _sha256(source / name):
            problem = "is not what was recorded" if name in recorded else "is not recorded"
            raise UserError(
                f"site/{name} {problem} in site/{_RECORD}. If you upgraded the library, read the change and run "
                "`python -m scripts.build --accept-libraries`; if not, remove site/node_modules and build again."
            )


def record(source: Path, used: Iterable[str]) -> None:
    """Write libraries.json: the SHA-256 of each file of `used`, a path below `source`."""
    hashes = {name: _sha256(source / name) for name in sorted(used)}
    (source / _RECORD).write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")


def licenses(source: Path, used: Iterable[str]) -> str:
    """Return the licences of the packages of `used` files; each copy must come with them."""
    packages = sorted({_package(name) for name in used})
    texts = []
    for package in packages:
        folder = source / package
        license_file = next(
            (path for path in sorted(folder.iterdir()) if path.stem.upper() in {"LICENSE", "LICENCE"}), None
        )
        if license_file is None:
            raise UserError(
                f"site/{package} has no LICENSE file, without which the site may not publish it; ask its owner."
            )
        texts.append(f"{package.removeprefix('node_modules/')}\n\n{license_file.read_text(encoding='utf-8').strip()}\n")
    return "\n\n".join(texts)


def _package(name: str) -> str:
    parts = name.split("/")
    last = len(parts) - 1 - parts[::-1].index("node_modules")
    return "/".join(parts[: last + (3 if parts[last + 1].startswith("@") else 2)])


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
