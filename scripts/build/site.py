"""Builds build/site: index.html, the bundle that it names, the other files of site/, and files.json, the list of all.

Terraform publishes exactly the files of that list. A file below assets/ carries a content hash in its name and never
changes. Every other file keeps its name, and browsers revalidate it at each visit.
"""

import hashlib
import json
import re
from pathlib import Path, PurePosixPath

from scripts import whole_file
from scripts.build import libraries, npm_packages
from scripts.build.bundle import ASSETS, Bundle, bundle
from scripts.build.content_types import CONFIGURATION, CONTENT_TYPES, SOURCES, site_files
from scripts.console import detail
from scripts.errors import UserError

PAGE = "index.html"
LIST = "files.json"
LICENSES = "licenses.txt"

_REFERENCE = re.compile(r'\b(href|src)="/([^"/][^"]*)"')
_MODULE = re.compile(r'^( *)<script type="module" src="/([^"]+)"></script>\n', re.MULTILINE)


def build_site(root: Path, output: Path, *, accept_libraries: bool = False) -> tuple[Path, int, bool]:
    """Build `output`/site from `root`/site; return the folder, its number of files and whether any changed.

    An unchanged file keeps its date. `accept_libraries` records new hashes of the libraries.

    Raises:
        UserError: Node.js or npm is missing, a file cannot be deployed, the page names a missing file, or a library
            differs from its record.
        OperationError: npm or esbuild failed.
    """
    source, destination = root / "site", output / "site"
    files = site_files(source)
    if PAGE not in files:
        raise UserError(f"site/{PAGE} is missing; every address of the site answers with this page.")
    npm_packages.install(source)
    page = files[PAGE].read_text(encoding="utf-8")
    named = [name for _, name in _REFERENCE.findall(page) if name != CONFIGURATION]
    for name in named:
        if name not in files:
            raise UserError(f"site/{PAGE} names /{name}, but there is no site/{name}; correct one of them.")
    made = bundle(
        source,
        list(dict.fromkeys(name for name in named if PurePosixPath(name).suffix in SOURCES)),
    )
    foreign = [name for name in made.inputs if name.startswith("node_modules/")]
    if accept_libraries:
        libraries.record(source, foreign)
    libraries.verify(source, foreign)
    _name_unused(files, made)
    wanted = {name: path.read_bytes() for name, path in files.items() if path.suffix not in SOURCES}
    pictures = {name: _hashed(name, wanted[name]) for name in named if name in wanted}
    wanted |= {hashed: wanted[name] for name, hashed in pictures.items()}
    wanted |= made.files
    wanted[LICENSES] = libraries.licenses(source, foreign).encode()
    wanted[PAGE] = _linked(page, made, made.names | pictures).encode()
    wanted[LIST] = _list_of(wanted)
    return destination, len(wanted), _bring(destination, wanted)


def _hashed(name: str, content: bytes) -> str:
    path = PurePosixPath(name)
    return f"{ASSETS}/{path.stem}-{hashlib.sha256(content).hexdigest()[:8].upper()}{path.suffix}"


def _name_unused(files: dict[str, Path], made: Bundle) -> None:
    for name, path in files.items():
        if path.suffix in SOURCES and name not in made.inputs:
            detail(f"not deployed, because nothing imports it: site/{name}")


def _linked(page: str, made: Bundle, published: dict[str, str]) -> str:
    """Return the page with published names, and with a preload for each static import of its scripts."""

    def with_preloads(script: re.Match[str]) -> str:
        indent, entry = script.groups()
        lines = [f'{indent}<link rel="modulepreload" href="/{name}">\n' for name in made.needs[entry]]
        return "".join([*lines, script[0]])

    page = _MODULE.sub(with_preloads, page)
    return _REFERENCE.sub(lambda found: f'{found[1]}="/{published.get(found[2], found[2])}"', page)


def _list_of(wanted: dict[str, bytes]) -> bytes:
    types = {name: CONTENT_TYPES[PurePosixPath(name).suffix] for name in sorted({*wanted, LIST})}
    return (json.dumps({"content_types": types}, indent=2) + "\n").encode()


def _bring(destination: Path, wanted: dict[str, bytes]) -> bool:
    """Write new and changed files, remove obsolete ones; return whether anything changed."""
    changed = False
    for name, content in wanted.items():
        changed |= whole_file.write(destination / name, content)
    for path in sorted(destination.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(destination).as_posix() not in wanted:
            path.unlink()
            changed = True
    return changed
