"""`make sbom`: list the libraries of everything that is deployed, with their licences, as CycloneDX 1.6.

    make sbom     builds, writes build/sbom/<archive>.cdx.json for each zip and the site, and prints the table

It reads the archives themselves, not the lock files. A library whose licence is not in ACCEPTED fails the command.
"""

import email
import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.backends.openssl.backend import backend
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from license_expression import get_spdx_licensing
from packageurl import PackageURL

from scripts import whole_file
from scripts.build.artifacts import build, machine_architecture
from scripts.console import detail, step
from scripts.errors import OperationError, run
from scripts.tools import ROOT

ACCEPTED = frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0"})
"""The SPDX identifiers of the licences that a deployed library may have: they require only the notice."""

FOLDER = ROOT / "build" / "sbom"
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562 §6.6, for URLs


@dataclass(frozen=True, order=True)
class Library:
    """A library in an archive: `ecosystem` is the type of its package URL, `licence` is an SPDX expression."""

    name: str
    version: str
    licence: str
    ecosystem: str


def main() -> None:
    """Build, write a document for each archive, and judge the licences."""
    build(machine_architecture())
    step("Listing the libraries of every archive")
    found = write_all(FOLDER)
    for name, libraries in found.items():
        detail(f"{name}: " + (", ".join(f"{one.name} {one.version} ({one.licence})" for one in libraries) or "none"))
    refused = sorted(
        {f"{one.name} ({one.licence})" for listed in found.values() for one in listed if not accepted(one)}
    )
    if refused:
        raise OperationError(
            f"no accepted licence: {', '.join(refused)}; replace the library, or add its licence to ACCEPTED in "
            "scripts/build/sbom.py after somebody has read it."
        )
    step(f"Every licence is accepted; the documents are in {FOLDER.relative_to(ROOT)}/")


def write_all(folder: Path) -> dict[str, list[Library]]:
    """Write the document of each built archive to `folder`; return the libraries by the archive's name."""
    archives = sorted((ROOT / "build" / machine_architecture()).glob("*.zip"))
    found = {archive.stem: libraries_of_zip(archive) for archive in archives}
    folder.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        written = document(archive.stem, found[archive.stem], archive.read_bytes())
        whole_file.write(folder / f"{archive.stem}.cdx.json", written.encode())
    found["site"] = libraries_of_site(ROOT / "site")
    listed = ROOT / "build" / "site" / "files.json"
    whole_file.write(folder / "site.cdx.json", document("site", found["site"], listed.read_bytes()).encode())
    return found


def libraries_of_zip(archive: Path) -> list[Library]:
    """Return the libraries in a function's zip, from the metadata of each."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        found = [_python_library(opened.read(name).decode()) for name in names]
    if any(library.name == "cryptography" for library in found):
        found.append(Library("openssl", backend.openssl_version_text().split()[1], "Apache-2.0", "generic"))
    return sorted(found)


def libraries_of_site(source: Path) -> list[Library]:
    """Return the libraries with files in the bundle, from the site's lock file and the record of those files."""
    files = json.loads((source / "libraries.json").read_text(encoding="utf-8"))
    locked = json.loads((source / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    folders = sorted({folder for folder in locked if folder for file in files if file.startswith(f"{folder}/")})
    return [
        Library(folder.rpartition("node_modules/")[2], locked[folder]["version"], locked[folder]["license"], "npm")
        for folder in folders
    ]


def accepted(library: Library) -> bool:
    """Return whether a library's licence, or one of its alternatives, has only accepted parts."""
    licensing = get_spdx_licensing()
    expression = licensing.parse(library.licence)
    values = {symbol: licensing.TRUE if symbol.key in ACCEPTED else licensing.FALSE for symbol in expression.symbols}
    return bool(expression.subs(values, simplify=True) == licensing.TRUE)


def document(name: str, libraries: list[Library], content: bytes) -> str:
    """Return the CycloneDX document of an archive with these libraries; `content`: the archive's bytes."""
    digest = hashlib.sha256(content).hexdigest()
    licences = LicenseFactory()
    archive = Component(
        name=f"gatehouse-{name}",
        type=ComponentType.APPLICATION,
        bom_ref=name,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    parts = [
        Component(
            name=one.name,
            version=one.version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{one.name}@{one.version}",
            purl=PackageURL(one.ecosystem, None, one.name, one.version),
            licenses=[licences.make_from_string(one.licence)],
        )
        for one in libraries
    ]
    bom = Bom(serial_number=uuid.uuid5(_NAMESPACE, digest), components=parts)
    bom.metadata.component = archive
    bom.register_dependency(archive, parts)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]  # so that the same archive gives the same document
    return json.dumps(written, indent=2, sort_keys=True) + "\n"


def _python_library(metadata: str) -> Library:
    read = email.message_from_string(metadata)
    return Library(read["Name"].lower(), read["Version"], " ".join(_licences(read)) or "NONE", "pypi")


def _licences(read: email.message.Message) -> Iterator[str]:
    expression = read["License-Expression"] or read["License"]
    if expression and "\n" not in expression:
        yield str(expression).strip()


if __name__ == "__main__":
    run(main)
