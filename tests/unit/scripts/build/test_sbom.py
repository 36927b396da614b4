"""The list of an archive's libraries, read from the archive, in valid CycloneDX; their licences are judged."""

import json
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.build.sbom import Library, accepted, document, libraries_of_site, libraries_of_zip
from scripts.tools import ROOT

LIBRARY = Library("lib", "1.0", "MIT OR GPL-3.0-only", "pypi")


def test_the_libraries_are_those_whose_metadata_travels(tmp_path: Path) -> None:
    archive = tmp_path / "movies.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(
            "Lib-1.0.dist-info/METADATA", "Name: Lib\nVersion: 1.0\nLicense-Expression: MIT OR GPL-3.0-only\n"
        )
        opened.writestr("movies/handler.py", "")
    assert libraries_of_zip(archive) == [LIBRARY]


def test_the_site_s_libraries_are_those_in_the_bundle_and_not_the_tools() -> None:
    files = json.loads((ROOT / "site" / "libraries.json").read_text("utf-8"))
    assert [f"node_modules/{library.name}/" for library in libraries_of_site(ROOT / "site")] == sorted(
        {f"node_modules/{name.split('/')[1]}/" for name in files}
    )


def test_the_document_is_valid_and_names_the_archive_by_its_hash() -> None:
    made = document("movies", [LIBRARY], b"the bytes")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    read = json.loads(made)
    assert [part["purl"] for part in read["components"]] == ["pkg:pypi/lib@1.0"]
    assert read["serialNumber"] == json.loads(document("movies", [], b"the bytes"))["serialNumber"]
    assert read["serialNumber"] != json.loads(document("movies", [], b"other bytes"))["serialNumber"]


@pytest.mark.parametrize(
    ("licence", "is_accepted"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("NONE", False),
        ("Own text", False),
    ],
)
def test_a_licence_is_accepted_when_every_part_or_one_choice_is(licence: str, is_accepted: bool) -> None:
    assert accepted(Library("lib", "1", licence, "npm")) is is_accepted
