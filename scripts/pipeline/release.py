"""`make release VERSION=<version>`: write all files of a release to build/release.

These are the zips of the functions for both instruction sets, the site, the list of each archive's libraries (SBOM,
CycloneDX in JSON), the notes from CHANGELOG.md, and SHA256SUMS. `make publish` uploads them to GitHub.
"""

import gzip
import hashlib
import os
import re
import shutil
import tarfile
import tomllib
from pathlib import Path

from scripts import command_line
from scripts.build import sbom
from scripts.build.artifacts import build
from scripts.build.wheels import ARCHITECTURES
from scripts.console import detail, step
from scripts.errors import UserError, run
from scripts.project_name import PROJECT
from scripts.tools import ROOT

RELEASE = ROOT / "build" / "release"
NOTES = "NOTES.md"


def main() -> None:
    """Write the folder, without files of earlier runs."""
    version = version_of("release", __doc__)
    notes = notes_of(version, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir(parents=True)
    for architecture in ARCHITECTURES:
        step(f"Building for {architecture}")
        build(architecture)
        for path in sorted((ROOT / "build" / architecture).glob("*.zip")):
            copied = RELEASE / f"{PROJECT}-{version}-{path.stem}-{architecture}.zip"
            shutil.copy(path, copied)
            _list_libraries(copied, sbom.libraries_of_zip(path))
    step("Packing the site")
    site = RELEASE / f"{PROJECT}-{version}-site.tar.gz"
    pack(ROOT / "build" / "site", site)
    _list_libraries(site, sbom.libraries_of_site(ROOT / "site"))
    sums = "".join(f"{_sha256(path)}  {path.name}\n" for path in sorted(RELEASE.iterdir()))
    (RELEASE / "SHA256SUMS").write_text(sums, encoding="utf-8")
    (RELEASE / NOTES).write_text(notes, encoding="utf-8")
    detail(f"{len(sums.splitlines())} files in {RELEASE.relative_to(ROOT)}")


def version_of(verb: str, description: str | None) -> str:
    """Return the version that the command line or VERSION names; it has to be that of pyproject.toml.

    Raises:
        UserError: it is missing, or differs from that of pyproject.toml.
    """
    parser = command_line.parser(verb, description)
    parser.add_argument("--version", default=os.environ.get("VERSION", ""), help="as 1.2.3 or v1.2.3; default: VERSION")
    given: str = parser.parse_args().version.removeprefix("v")
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if given != declared:
        raise UserError(f"VERSION is {given or 'not set'}, and pyproject.toml says {declared}; make them equal.")
    return given


def notes_of(version: str, changelog: str) -> str:
    """Return a version's section of the change log; raises UserError if there is none, or an empty one."""
    section = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        raise UserError(f'CHANGELOG.md has no notes for {version}; rename "## Unreleased" to "## {version}" first.')
    return section[1].strip() + "\n"


def pack(folder: Path, archive: Path) -> None:
    """Write the files of a folder into a tar.gz whose bytes depend only on the files."""
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as target,
    ):
        for path in sorted(filter(Path.is_file, folder.rglob("*"))):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                target.addfile(member, file)


def _list_libraries(archive: Path, libraries: list[sbom.Library]) -> None:
    """Write the list of an archive's libraries next to it."""
    name = archive.name.removesuffix(".zip").removesuffix(".tar.gz")
    listed = sbom.document(name.removeprefix(f"{PROJECT}-"), libraries, archive.read_bytes())
    (archive.parent / f"{name}.cdx.json").write_text(listed, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    run(main)
