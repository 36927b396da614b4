"""A release holds the files of one version, and is published once."""

import tomllib
from pathlib import Path

import pytest

from scripts.errors import UserError
from scripts.pipeline import publish
from scripts.pipeline.release import NOTES, notes_of, pack, version_of
from scripts.tools import ROOT
from tests.unit.scripts.pipeline.github_stand_in import GitHub, job_environment

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 2.0.0 (2026-11-29)\n\n- Two.\n\n## 1.10.0\n\n- One.\n"


def test_the_notes_are_the_section_of_the_version() -> None:
    assert notes_of("2.0.0", CHANGELOG) == "- Two.\n"
    assert notes_of("1.10.0", CHANGELOG) == "- One.\n"
    for version in ("1.1", "3.0.0", "Unreleased"):
        with pytest.raises(UserError, match=f"CHANGELOG.md has no notes for {version}"):
            notes_of(version, CHANGELOG)


def test_the_notes_lead_to_the_files_of_the_version() -> None:
    notes = "[why](docs/decisions/0001.md#a), [AWS](https://aws.amazon.com), [below](#below)"
    shown = "[why](https://github.example/o/p/blob/v2.0.0/docs/decisions/0001.md#a)"
    assert publish.linked(notes, "https://github.example/o/p/blob/v2.0.0") == notes.replace(
        "[why](docs/decisions/0001.md#a)", shown
    )


def test_a_version_is_that_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["release", "--version", f"v{VERSION}"])
    assert version_of("release", None) == VERSION
    monkeypatch.setattr("sys.argv", ["release", "--version", "99.0.0"])
    with pytest.raises(UserError, match=f"VERSION is 99.0.0, and pyproject.toml says {VERSION}; make them equal"):
        version_of("release", None)


def test_an_archive_depends_on_its_files_alone(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("page")
    (folder / "assets" / "a.js").write_text("code")
    pack(folder, tmp_path / "one.tar.gz")
    (folder / "index.html").touch()
    pack(folder, tmp_path / "two.tar.gz")
    assert (tmp_path / "one.tar.gz").read_bytes() == (tmp_path / "two.tar.gz").read_bytes()


@pytest.fixture
def folder(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a release with two files, and the variables of a job that publishes it."""
    made = tmp_path / "release"
    made.mkdir()
    for name in (NOTES, "project.zip", "SHA256SUMS"):
        (made / name).write_text(name)
    monkeypatch.setattr(publish, "RELEASE", made)
    monkeypatch.setattr("sys.argv", ["publish", "--version", VERSION])
    for name, value in job_environment(github, tmp_path, None).items():
        monkeypatch.setenv(name, value)
    return made


def test_a_release_is_a_draft_until_all_files_are_there(github: GitHub, folder: Path) -> None:
    publish.main()
    (release,) = github.releases.values()
    assert (release["tag_name"], release["draft"], release["body"]) == (f"v{VERSION}", False, NOTES)
    assert {each["name"]: each["content"] for each in github.assets.values()} == {
        "SHA256SUMS": b"SHA256SUMS",
        "project.zip": b"project.zip",
    }
    assert github.requests[-1].startswith("PATCH"), "published last"
    with pytest.raises(UserError, match="is published already; use the next version"):
        publish.main()


def test_a_draft_that_was_cut_short_is_finished(github: GitHub, folder: Path) -> None:
    (folder / "project.zip").write_text("old")
    publish.main()
    (release,) = github.releases.values()
    release["draft"] = True
    (folder / "project.zip").write_text("new")
    publish.main()
    assert len(github.releases) == 1
    assert sorted(each["content"] for each in github.assets.values()) == [b"SHA256SUMS", b"new"]


def test_without_a_folder_nothing_is_published(github: GitHub, folder: Path) -> None:
    (folder / NOTES).unlink()
    with pytest.raises(UserError, match=f"run `make release VERSION={VERSION}` first"):
        publish.main()
    assert github.requests == []
